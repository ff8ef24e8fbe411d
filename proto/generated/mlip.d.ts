import * as $protobuf from "protobufjs/minimal.js";
import Long = require("long");

/** Namespace mlip. */
export namespace mlip {

    /** Namespace v1. */
    namespace v1 {

        /**
         * Properties of a WorkerMessage.
         * @deprecated Use mlip.v1.WorkerMessage.$Properties instead.
         */
        interface IWorkerMessage extends mlip.v1.WorkerMessage.$Properties {
        }

        /** Represents a WorkerMessage. */
        class WorkerMessage {

            /**
             * Constructs a new WorkerMessage.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.WorkerMessage.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** WorkerMessage join. */
            join?: (mlip.v1.Join.$Properties|null);

            /** WorkerMessage ready. */
            ready?: (mlip.v1.Ready.$Properties|null);

            /** WorkerMessage heartbeat. */
            heartbeat?: (mlip.v1.Heartbeat.$Properties|null);

            /** WorkerMessage commit. */
            commit?: (mlip.v1.Commit.$Properties|null);

            /** WorkerMessage saved. */
            saved?: (mlip.v1.Saved.$Properties|null);

            /** WorkerMessage failed. */
            failed?: (mlip.v1.Failed.$Properties|null);

            /** WorkerMessage halted. */
            halted?: (mlip.v1.Halted.$Properties|null);

            /** WorkerMessage inPlace. */
            inPlace?: (mlip.v1.InPlace.$Properties|null);

            /** WorkerMessage leave. */
            leave?: (mlip.v1.Leave.$Properties|null);

            /** WorkerMessage saveFailed. */
            saveFailed?: (mlip.v1.SaveFailed.$Properties|null);

            /** WorkerMessage logs. */
            logs?: (mlip.v1.Logs.$Properties|null);

            /** WorkerMessage timings. */
            timings?: (mlip.v1.StepTimings.$Properties|null);

            /** WorkerMessage inspected. */
            inspected?: (mlip.v1.Inspected.$Properties|null);

            /** WorkerMessage kind. */
            kind?: ("join"|"ready"|"heartbeat"|"commit"|"saved"|"failed"|"halted"|"inPlace"|"leave"|"saveFailed"|"logs"|"timings"|"inspected");

            /**
             * Encodes the specified WorkerMessage message. Does not implicitly {@link mlip.v1.WorkerMessage.verify|verify} messages.
             * @param message WorkerMessage message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.WorkerMessage.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a WorkerMessage message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.WorkerMessage & mlip.v1.WorkerMessage.$Shape} WorkerMessage
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.WorkerMessage & mlip.v1.WorkerMessage.$Shape;
        }

        namespace WorkerMessage {

            /** Properties of a WorkerMessage. */
            interface $Properties {

                /** WorkerMessage join */
                join?: (mlip.v1.Join.$Properties|null);

                /** WorkerMessage ready */
                ready?: (mlip.v1.Ready.$Properties|null);

                /** WorkerMessage heartbeat */
                heartbeat?: (mlip.v1.Heartbeat.$Properties|null);

                /** WorkerMessage commit */
                commit?: (mlip.v1.Commit.$Properties|null);

                /** WorkerMessage saved */
                saved?: (mlip.v1.Saved.$Properties|null);

                /** WorkerMessage failed */
                failed?: (mlip.v1.Failed.$Properties|null);

                /** WorkerMessage halted */
                halted?: (mlip.v1.Halted.$Properties|null);

                /** WorkerMessage inPlace */
                inPlace?: (mlip.v1.InPlace.$Properties|null);

                /** WorkerMessage leave */
                leave?: (mlip.v1.Leave.$Properties|null);

                /** WorkerMessage saveFailed */
                saveFailed?: (mlip.v1.SaveFailed.$Properties|null);

                /** WorkerMessage logs */
                logs?: (mlip.v1.Logs.$Properties|null);

                /** WorkerMessage timings */
                timings?: (mlip.v1.StepTimings.$Properties|null);

                /** WorkerMessage inspected */
                inspected?: (mlip.v1.Inspected.$Properties|null);

                /** WorkerMessage kind */
                kind?: ("join"|"ready"|"heartbeat"|"commit"|"saved"|"failed"|"halted"|"inPlace"|"leave"|"saveFailed"|"logs"|"timings"|"inspected");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a WorkerMessage. */
            type $Shape = {
              join?: mlip.v1.Join.$Shape|null;
              ready?: mlip.v1.Ready.$Shape|null;
              heartbeat?: mlip.v1.Heartbeat.$Shape|null;
              commit?: mlip.v1.Commit.$Shape|null;
              saved?: mlip.v1.Saved.$Shape|null;
              failed?: mlip.v1.Failed.$Shape|null;
              halted?: mlip.v1.Halted.$Shape|null;
              inPlace?: mlip.v1.InPlace.$Shape|null;
              leave?: mlip.v1.Leave.$Shape|null;
              saveFailed?: mlip.v1.SaveFailed.$Shape|null;
              logs?: mlip.v1.Logs.$Shape|null;
              timings?: mlip.v1.StepTimings.$Shape|null;
              inspected?: mlip.v1.Inspected.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ kind?: undefined; join?: null; ready?: null; heartbeat?: null; commit?: null; saved?: null; failed?: null; halted?: null; inPlace?: null; leave?: null; saveFailed?: null; logs?: null; timings?: null; inspected?: null }|{ kind?: "join"; join: mlip.v1.Join.$Shape; ready?: null; heartbeat?: null; commit?: null; saved?: null; failed?: null; halted?: null; inPlace?: null; leave?: null; saveFailed?: null; logs?: null; timings?: null; inspected?: null }|{ kind?: "ready"; join?: null; ready: mlip.v1.Ready.$Shape; heartbeat?: null; commit?: null; saved?: null; failed?: null; halted?: null; inPlace?: null; leave?: null; saveFailed?: null; logs?: null; timings?: null; inspected?: null }|{ kind?: "heartbeat"; join?: null; ready?: null; heartbeat: mlip.v1.Heartbeat.$Shape; commit?: null; saved?: null; failed?: null; halted?: null; inPlace?: null; leave?: null; saveFailed?: null; logs?: null; timings?: null; inspected?: null }|{ kind?: "commit"; join?: null; ready?: null; heartbeat?: null; commit: mlip.v1.Commit.$Shape; saved?: null; failed?: null; halted?: null; inPlace?: null; leave?: null; saveFailed?: null; logs?: null; timings?: null; inspected?: null }|{ kind?: "saved"; join?: null; ready?: null; heartbeat?: null; commit?: null; saved: mlip.v1.Saved.$Shape; failed?: null; halted?: null; inPlace?: null; leave?: null; saveFailed?: null; logs?: null; timings?: null; inspected?: null }|{ kind?: "failed"; join?: null; ready?: null; heartbeat?: null; commit?: null; saved?: null; failed: mlip.v1.Failed.$Shape; halted?: null; inPlace?: null; leave?: null; saveFailed?: null; logs?: null; timings?: null; inspected?: null }|{ kind?: "halted"; join?: null; ready?: null; heartbeat?: null; commit?: null; saved?: null; failed?: null; halted: mlip.v1.Halted.$Shape; inPlace?: null; leave?: null; saveFailed?: null; logs?: null; timings?: null; inspected?: null }|{ kind?: "inPlace"; join?: null; ready?: null; heartbeat?: null; commit?: null; saved?: null; failed?: null; halted?: null; inPlace: mlip.v1.InPlace.$Shape; leave?: null; saveFailed?: null; logs?: null; timings?: null; inspected?: null }|{ kind?: "leave"; join?: null; ready?: null; heartbeat?: null; commit?: null; saved?: null; failed?: null; halted?: null; inPlace?: null; leave: mlip.v1.Leave.$Shape; saveFailed?: null; logs?: null; timings?: null; inspected?: null }|{ kind?: "saveFailed"; join?: null; ready?: null; heartbeat?: null; commit?: null; saved?: null; failed?: null; halted?: null; inPlace?: null; leave?: null; saveFailed: mlip.v1.SaveFailed.$Shape; logs?: null; timings?: null; inspected?: null }|{ kind?: "logs"; join?: null; ready?: null; heartbeat?: null; commit?: null; saved?: null; failed?: null; halted?: null; inPlace?: null; leave?: null; saveFailed?: null; logs: mlip.v1.Logs.$Shape; timings?: null; inspected?: null }|{ kind?: "timings"; join?: null; ready?: null; heartbeat?: null; commit?: null; saved?: null; failed?: null; halted?: null; inPlace?: null; leave?: null; saveFailed?: null; logs?: null; timings: mlip.v1.StepTimings.$Shape; inspected?: null }|{ kind?: "inspected"; join?: null; ready?: null; heartbeat?: null; commit?: null; saved?: null; failed?: null; halted?: null; inPlace?: null; leave?: null; saveFailed?: null; logs?: null; timings?: null; inspected: mlip.v1.Inspected.$Shape })
            );
        }

        /**
         * Properties of a CoordinatorMessage.
         * @deprecated Use mlip.v1.CoordinatorMessage.$Properties instead.
         */
        interface ICoordinatorMessage extends mlip.v1.CoordinatorMessage.$Properties {
        }

        /** Represents a CoordinatorMessage. */
        class CoordinatorMessage {

            /**
             * Constructs a new CoordinatorMessage.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.CoordinatorMessage.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** CoordinatorMessage welcome. */
            welcome?: (mlip.v1.Welcome.$Properties|null);

            /** CoordinatorMessage assign. */
            assign?: (mlip.v1.Assign.$Properties|null);

            /** CoordinatorMessage directive. */
            directive?: (mlip.v1.Directive.$Properties|null);

            /** CoordinatorMessage halt. */
            halt?: (mlip.v1.Halt.$Properties|null);

            /** CoordinatorMessage abort. */
            abort?: (mlip.v1.Abort.$Properties|null);

            /** CoordinatorMessage finish. */
            finish?: (mlip.v1.Finish.$Properties|null);

            /** CoordinatorMessage pulse. */
            pulse?: (mlip.v1.Pulse.$Properties|null);

            /** CoordinatorMessage drain. */
            drain?: (mlip.v1.Drain.$Properties|null);

            /** CoordinatorMessage timeSteps. */
            timeSteps?: (mlip.v1.TimeSteps.$Properties|null);

            /** CoordinatorMessage inspect. */
            inspect?: (mlip.v1.Inspect.$Properties|null);

            /** CoordinatorMessage kind. */
            kind?: ("welcome"|"assign"|"directive"|"halt"|"abort"|"finish"|"pulse"|"drain"|"timeSteps"|"inspect");

            /**
             * Encodes the specified CoordinatorMessage message. Does not implicitly {@link mlip.v1.CoordinatorMessage.verify|verify} messages.
             * @param message CoordinatorMessage message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.CoordinatorMessage.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a CoordinatorMessage message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.CoordinatorMessage & mlip.v1.CoordinatorMessage.$Shape} CoordinatorMessage
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.CoordinatorMessage & mlip.v1.CoordinatorMessage.$Shape;
        }

        namespace CoordinatorMessage {

            /** Properties of a CoordinatorMessage. */
            interface $Properties {

                /** CoordinatorMessage welcome */
                welcome?: (mlip.v1.Welcome.$Properties|null);

                /** CoordinatorMessage assign */
                assign?: (mlip.v1.Assign.$Properties|null);

                /** CoordinatorMessage directive */
                directive?: (mlip.v1.Directive.$Properties|null);

                /** CoordinatorMessage halt */
                halt?: (mlip.v1.Halt.$Properties|null);

                /** CoordinatorMessage abort */
                abort?: (mlip.v1.Abort.$Properties|null);

                /** CoordinatorMessage finish */
                finish?: (mlip.v1.Finish.$Properties|null);

                /** CoordinatorMessage pulse */
                pulse?: (mlip.v1.Pulse.$Properties|null);

                /** CoordinatorMessage drain */
                drain?: (mlip.v1.Drain.$Properties|null);

                /** CoordinatorMessage timeSteps */
                timeSteps?: (mlip.v1.TimeSteps.$Properties|null);

                /** CoordinatorMessage inspect */
                inspect?: (mlip.v1.Inspect.$Properties|null);

                /** CoordinatorMessage kind */
                kind?: ("welcome"|"assign"|"directive"|"halt"|"abort"|"finish"|"pulse"|"drain"|"timeSteps"|"inspect");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a CoordinatorMessage. */
            type $Shape = {
              welcome?: mlip.v1.Welcome.$Shape|null;
              assign?: mlip.v1.Assign.$Shape|null;
              directive?: mlip.v1.Directive.$Shape|null;
              halt?: mlip.v1.Halt.$Shape|null;
              abort?: mlip.v1.Abort.$Shape|null;
              finish?: mlip.v1.Finish.$Shape|null;
              pulse?: mlip.v1.Pulse.$Shape|null;
              drain?: mlip.v1.Drain.$Shape|null;
              timeSteps?: mlip.v1.TimeSteps.$Shape|null;
              inspect?: mlip.v1.Inspect.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ kind?: undefined; welcome?: null; assign?: null; directive?: null; halt?: null; abort?: null; finish?: null; pulse?: null; drain?: null; timeSteps?: null; inspect?: null }|{ kind?: "welcome"; welcome: mlip.v1.Welcome.$Shape; assign?: null; directive?: null; halt?: null; abort?: null; finish?: null; pulse?: null; drain?: null; timeSteps?: null; inspect?: null }|{ kind?: "assign"; welcome?: null; assign: mlip.v1.Assign.$Shape; directive?: null; halt?: null; abort?: null; finish?: null; pulse?: null; drain?: null; timeSteps?: null; inspect?: null }|{ kind?: "directive"; welcome?: null; assign?: null; directive: mlip.v1.Directive.$Shape; halt?: null; abort?: null; finish?: null; pulse?: null; drain?: null; timeSteps?: null; inspect?: null }|{ kind?: "halt"; welcome?: null; assign?: null; directive?: null; halt: mlip.v1.Halt.$Shape; abort?: null; finish?: null; pulse?: null; drain?: null; timeSteps?: null; inspect?: null }|{ kind?: "abort"; welcome?: null; assign?: null; directive?: null; halt?: null; abort: mlip.v1.Abort.$Shape; finish?: null; pulse?: null; drain?: null; timeSteps?: null; inspect?: null }|{ kind?: "finish"; welcome?: null; assign?: null; directive?: null; halt?: null; abort?: null; finish: mlip.v1.Finish.$Shape; pulse?: null; drain?: null; timeSteps?: null; inspect?: null }|{ kind?: "pulse"; welcome?: null; assign?: null; directive?: null; halt?: null; abort?: null; finish?: null; pulse: mlip.v1.Pulse.$Shape; drain?: null; timeSteps?: null; inspect?: null }|{ kind?: "drain"; welcome?: null; assign?: null; directive?: null; halt?: null; abort?: null; finish?: null; pulse?: null; drain: mlip.v1.Drain.$Shape; timeSteps?: null; inspect?: null }|{ kind?: "timeSteps"; welcome?: null; assign?: null; directive?: null; halt?: null; abort?: null; finish?: null; pulse?: null; drain?: null; timeSteps: mlip.v1.TimeSteps.$Shape; inspect?: null }|{ kind?: "inspect"; welcome?: null; assign?: null; directive?: null; halt?: null; abort?: null; finish?: null; pulse?: null; drain?: null; timeSteps?: null; inspect: mlip.v1.Inspect.$Shape })
            );
        }

        /**
         * Properties of a Join.
         * @deprecated Use mlip.v1.Join.$Properties instead.
         */
        interface IJoin extends mlip.v1.Join.$Properties {
        }

        /** First message of a worker. */
        class Join {

            /**
             * Constructs a new Join.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Join.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Join protocol. */
            protocol: number;

            /** Join version. */
            version: string;

            /** Where the other workers reach this one. */
            host: string;

            /** Join port. */
            port: number;

            /** Join pid. */
            pid: number;

            /** Join device. */
            device: string;

            /** Sent by a worker that has lost its coordinator and found it, or another one, again. */
            rejoin?: (mlip.v1.Rejoin.$Properties|null);

            /**
             * Encodes the specified Join message. Does not implicitly {@link mlip.v1.Join.verify|verify} messages.
             * @param message Join message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.Join.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Join message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.Join & mlip.v1.Join.$Shape} Join
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.Join & mlip.v1.Join.$Shape;
        }

        namespace Join {

            /** Properties of a Join. */
            interface $Properties {

                /** Join protocol */
                protocol?: (number|null);

                /** Join version */
                version?: (string|null);

                /** Where the other workers reach this one. */
                host?: (string|null);

                /** Join port */
                port?: (number|null);

                /** Join pid */
                pid?: (number|null);

                /** Join device */
                device?: (string|null);

                /** Sent by a worker that has lost its coordinator and found it, or another one, again. */
                rejoin?: (mlip.v1.Rejoin.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Join. */
            type $Shape = mlip.v1.Join.$Properties;
        }

        /**
         * Properties of a Rejoin.
         * @deprecated Use mlip.v1.Rejoin.$Properties instead.
         */
        interface IRejoin extends mlip.v1.Rejoin.$Properties {
        }

        /** Represents a Rejoin. */
        class Rejoin {

            /**
             * Constructs a new Rejoin.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Rejoin.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Rejoin runId. */
            runId: string;

            /** Rejoin worker. */
            worker: number;

            /** The newest that it has heard of: a coordinator of an older one is refused by it. */
            generation: number;

            /** What it said when it was ready; absent if it had not loaded yet. */
            ready?: (mlip.v1.Ready.$Properties|null);

            /** Rejoin holding. */
            holding?: (mlip.v1.Holding.$Properties|null);

            /**
             * Encodes the specified Rejoin message. Does not implicitly {@link mlip.v1.Rejoin.verify|verify} messages.
             * @param message Rejoin message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.Rejoin.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Rejoin message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.Rejoin & mlip.v1.Rejoin.$Shape} Rejoin
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.Rejoin & mlip.v1.Rejoin.$Shape;
        }

        namespace Rejoin {

            /** Properties of a Rejoin. */
            interface $Properties {

                /** Rejoin runId */
                runId?: (string|null);

                /** Rejoin worker */
                worker?: (number|null);

                /** The newest that it has heard of: a coordinator of an older one is refused by it. */
                generation?: (number|null);

                /** What it said when it was ready; absent if it had not loaded yet. */
                ready?: (mlip.v1.Ready.$Properties|null);

                /** Rejoin holding */
                holding?: (mlip.v1.Holding.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Rejoin. */
            type $Shape = mlip.v1.Rejoin.$Properties;
        }

        /**
         * Properties of a Holding.
         * @deprecated Use mlip.v1.Holding.$Properties instead.
         */
        interface IHolding extends mlip.v1.Holding.$Properties {
        }

        /** The state that a worker holds; absent where it holds none. */
        class Holding {

            /**
             * Constructs a new Holding.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Holding.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Steps applied. */
            step: number;

            /** Of the newest of these, so that none is missing in metrics.jsonl; absent if this worker has applied none itself. */
            report?: (mlip.v1.StepReport.$Properties|null);

            /**
             * Encodes the specified Holding message. Does not implicitly {@link mlip.v1.Holding.verify|verify} messages.
             * @param message Holding message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.Holding.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Holding message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.Holding & mlip.v1.Holding.$Shape} Holding
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.Holding & mlip.v1.Holding.$Shape;
        }

        namespace Holding {

            /** Properties of a Holding. */
            interface $Properties {

                /** Steps applied. */
                step?: (number|null);

                /** Of the newest of these, so that none is missing in metrics.jsonl; absent if this worker has applied none itself. */
                report?: (mlip.v1.StepReport.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Holding. */
            type $Shape = mlip.v1.Holding.$Properties;
        }

        /**
         * Properties of a Welcome.
         * @deprecated Use mlip.v1.Welcome.$Properties instead.
         */
        interface IWelcome extends mlip.v1.Welcome.$Properties {
        }

        /** The answer to Join, at once. */
        class Welcome {

            /**
             * Constructs a new Welcome.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Welcome.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Welcome worker. */
            worker: number;

            /** Welcome heartbeatMs. */
            heartbeatMs: number;

            /** Welcome runId. */
            runId: string;

            /** The resolved configuration as JSON. */
            config: string;

            /** Output directory, absolute. */
            out: string;

            /** From which the run went on when it started, and whose vocabulary it keeps; empty where it started from the beginning. */
            checkpoint: string;

            /** Welcome generation. */
            generation: number;

            /** Of this session: the worker shows it with each gather, so that nobody else can make one in its name. */
            secret: Uint8Array;

            /**
             * Encodes the specified Welcome message. Does not implicitly {@link mlip.v1.Welcome.verify|verify} messages.
             * @param message Welcome message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.Welcome.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Welcome message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.Welcome & mlip.v1.Welcome.$Shape} Welcome
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.Welcome & mlip.v1.Welcome.$Shape;
        }

        namespace Welcome {

            /** Properties of a Welcome. */
            interface $Properties {

                /** Welcome worker */
                worker?: (number|null);

                /** Welcome heartbeatMs */
                heartbeatMs?: (number|null);

                /** Welcome runId */
                runId?: (string|null);

                /** The resolved configuration as JSON. */
                config?: (string|null);

                /** Output directory, absolute. */
                out?: (string|null);

                /** From which the run went on when it started, and whose vocabulary it keeps; empty where it started from the beginning. */
                checkpoint?: (string|null);

                /** Welcome generation */
                generation?: (number|null);

                /** Of this session: the worker shows it with each gather, so that nobody else can make one in its name. */
                secret?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Welcome. */
            type $Shape = mlip.v1.Welcome.$Properties;
        }

        /**
         * Properties of a Ready.
         * @deprecated Use mlip.v1.Ready.$Properties instead.
         */
        interface IReady extends mlip.v1.Ready.$Properties {
        }

        /** Data and engine are loaded and warm: the worker can take part. All must say the same. */
        class Ready {

            /**
             * Constructs a new Ready.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Ready.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Training rows of the manifest. */
            rows: number;

            /** Ready dataHash. */
            dataHash: string;

            /**
             * Encodes the specified Ready message. Does not implicitly {@link mlip.v1.Ready.verify|verify} messages.
             * @param message Ready message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.Ready.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Ready message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.Ready & mlip.v1.Ready.$Shape} Ready
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.Ready & mlip.v1.Ready.$Shape;
        }

        namespace Ready {

            /** Properties of a Ready. */
            interface $Properties {

                /** Training rows of the manifest. */
                rows?: (number|null);

                /** Ready dataHash */
                dataHash?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Ready. */
            type $Shape = mlip.v1.Ready.$Properties;
        }

        /**
         * Properties of an Assign.
         * @deprecated Use mlip.v1.Assign.$Properties instead.
         */
        interface IAssign extends mlip.v1.Assign.$Properties {
        }

        /** A generation begins. Comes to a worker that waits: when it is ready, has halted, or has committed a step. */
        class Assign {

            /**
             * Constructs a new Assign.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Assign.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Assign generation. */
            generation: number;

            /** The receiver's, a position in `peers`. */
            rank: number;

            /** Assign peers. */
            peers: mlip.v1.Peer.$Properties[];

            /** Micro-batches of rank r are boundaries[r] to boundaries[r + 1] - 1. A rank may have none: it follows, to step in after. */
            boundaries: number[];

            /** The first step of this generation, and steps of the whole run. */
            step: number;

            /** Assign steps. */
            steps: number;

            /** A rank of this generation, which may be getting it itself. */
            copyFrom?: (number|null);

            /** The beginning: random or initial weights where `checkpoint` is empty. */
            load?: (mlip.v1.Load.$Properties|null);

            /** Where the receiver gets the state before `step` from; without any it holds that already. */
            source?: ("copyFrom"|"load");

            /**
             * Encodes the specified Assign message. Does not implicitly {@link mlip.v1.Assign.verify|verify} messages.
             * @param message Assign message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.Assign.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Assign message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.Assign & mlip.v1.Assign.$Shape} Assign
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.Assign & mlip.v1.Assign.$Shape;
        }

        namespace Assign {

            /** Properties of an Assign. */
            interface $Properties {

                /** Assign generation */
                generation?: (number|null);

                /** The receiver's, a position in `peers`. */
                rank?: (number|null);

                /** Assign peers */
                peers?: (mlip.v1.Peer.$Properties[]|null);

                /** Micro-batches of rank r are boundaries[r] to boundaries[r + 1] - 1. A rank may have none: it follows, to step in after. */
                boundaries?: (number[]|null);

                /** The first step of this generation, and steps of the whole run. */
                step?: (number|null);

                /** Assign steps */
                steps?: (number|null);

                /** A rank of this generation, which may be getting it itself. */
                copyFrom?: (number|null);

                /** The beginning: random or initial weights where `checkpoint` is empty. */
                load?: (mlip.v1.Load.$Properties|null);

                /** Where the receiver gets the state before `step` from; without any it holds that already. */
                source?: ("copyFrom"|"load");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of an Assign. */
            type $Shape = {
              generation?: number|null;
              rank?: number|null;
              peers?: mlip.v1.Peer.$Shape[]|null;
              boundaries?: number[]|null;
              step?: number|null;
              steps?: number|null;
              copyFrom?: number|null;
              load?: mlip.v1.Load.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ source?: undefined; copyFrom?: null; load?: null }|{ source?: "copyFrom"; copyFrom: number; load?: null }|{ source?: "load"; copyFrom?: null; load: mlip.v1.Load.$Shape })
            );
        }

        /**
         * Properties of a Load.
         * @deprecated Use mlip.v1.Load.$Properties instead.
         */
        interface ILoad extends mlip.v1.Load.$Properties {
        }

        /** Represents a Load. */
        class Load {

            /**
             * Constructs a new Load.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Load.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Load checkpoint. */
            checkpoint: string;

            /**
             * Encodes the specified Load message. Does not implicitly {@link mlip.v1.Load.verify|verify} messages.
             * @param message Load message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.Load.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Load message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.Load & mlip.v1.Load.$Shape} Load
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.Load & mlip.v1.Load.$Shape;
        }

        namespace Load {

            /** Properties of a Load. */
            interface $Properties {

                /** Load checkpoint */
                checkpoint?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Load. */
            type $Shape = mlip.v1.Load.$Properties;
        }

        /**
         * Properties of a Peer.
         * @deprecated Use mlip.v1.Peer.$Properties instead.
         */
        interface IPeer extends mlip.v1.Peer.$Properties {
        }

        /** Represents a Peer. */
        class Peer {

            /**
             * Constructs a new Peer.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Peer.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Peer worker. */
            worker: number;

            /** Peer host. */
            host: string;

            /** Peer port. */
            port: number;

            /**
             * Encodes the specified Peer message. Does not implicitly {@link mlip.v1.Peer.verify|verify} messages.
             * @param message Peer message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.Peer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Peer message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.Peer & mlip.v1.Peer.$Shape} Peer
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.Peer & mlip.v1.Peer.$Shape;
        }

        namespace Peer {

            /** Properties of a Peer. */
            interface $Properties {

                /** Peer worker */
                worker?: (number|null);

                /** Peer host */
                host?: (string|null);

                /** Peer port */
                port?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Peer. */
            type $Shape = mlip.v1.Peer.$Properties;
        }

        /**
         * Properties of an InPlace.
         * @deprecated Use mlip.v1.InPlace.$Properties instead.
         */
        interface IInPlace extends mlip.v1.InPlace.$Properties {
        }

        /** The receiver of an Assign holds the state and is connected to its neighbours. */
        class InPlace {

            /**
             * Constructs a new InPlace.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.InPlace.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** InPlace generation. */
            generation: number;

            /**
             * Encodes the specified InPlace message. Does not implicitly {@link mlip.v1.InPlace.verify|verify} messages.
             * @param message InPlace message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.InPlace.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an InPlace message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.InPlace & mlip.v1.InPlace.$Shape} InPlace
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.InPlace & mlip.v1.InPlace.$Shape;
        }

        namespace InPlace {

            /** Properties of an InPlace. */
            interface $Properties {

                /** InPlace generation */
                generation?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an InPlace. */
            type $Shape = mlip.v1.InPlace.$Properties;
        }

        /**
         * Properties of a Heartbeat.
         * @deprecated Use mlip.v1.Heartbeat.$Properties instead.
         */
        interface IHeartbeat extends mlip.v1.Heartbeat.$Properties {
        }

        /** With the times from which the coordinator tells how far the two clocks differ. Milliseconds since 1970. */
        class Heartbeat {

            /**
             * Constructs a new Heartbeat.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Heartbeat.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** By the worker's clock. */
            sentMs: number;

            /** `sent_ms` of the newest pulse, and how long ago that came; 0 where none has come. */
            pulseSentMs: number;

            /** Heartbeat pulseAgeMs. */
            pulseAgeMs: number;

            /**
             * Encodes the specified Heartbeat message. Does not implicitly {@link mlip.v1.Heartbeat.verify|verify} messages.
             * @param message Heartbeat message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.Heartbeat.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Heartbeat message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.Heartbeat & mlip.v1.Heartbeat.$Shape} Heartbeat
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.Heartbeat & mlip.v1.Heartbeat.$Shape;
        }

        namespace Heartbeat {

            /** Properties of a Heartbeat. */
            interface $Properties {

                /** By the worker's clock. */
                sentMs?: (number|null);

                /** `sent_ms` of the newest pulse, and how long ago that came; 0 where none has come. */
                pulseSentMs?: (number|null);

                /** Heartbeat pulseAgeMs */
                pulseAgeMs?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Heartbeat. */
            type $Shape = mlip.v1.Heartbeat.$Properties;
        }

        /**
         * Properties of a Pulse.
         * @deprecated Use mlip.v1.Pulse.$Properties instead.
         */
        interface IPulse extends mlip.v1.Pulse.$Properties {
        }

        /** The coordinator lives. Comes as often as heartbeats do. */
        class Pulse {

            /**
             * Constructs a new Pulse.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Pulse.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Pulse generation. */
            generation: number;

            /** By the coordinator's clock, milliseconds since 1970. */
            sentMs: number;

            /**
             * Encodes the specified Pulse message. Does not implicitly {@link mlip.v1.Pulse.verify|verify} messages.
             * @param message Pulse message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.Pulse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Pulse message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.Pulse & mlip.v1.Pulse.$Shape} Pulse
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.Pulse & mlip.v1.Pulse.$Shape;
        }

        namespace Pulse {

            /** Properties of a Pulse. */
            interface $Properties {

                /** Pulse generation */
                generation?: (number|null);

                /** By the coordinator's clock, milliseconds since 1970. */
                sentMs?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Pulse. */
            type $Shape = mlip.v1.Pulse.$Properties;
        }

        /**
         * Properties of a Logs.
         * @deprecated Use mlip.v1.Logs.$Properties instead.
         */
        interface ILogs extends mlip.v1.Logs.$Properties {
        }

        /** What a worker has logged. */
        class Logs {

            /**
             * Constructs a new Logs.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Logs.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Logs lines. */
            lines: mlip.v1.LogLine.$Properties[];

            /** Lines before these that were not sent, as there were too many. */
            dropped: number;

            /**
             * Encodes the specified Logs message. Does not implicitly {@link mlip.v1.Logs.verify|verify} messages.
             * @param message Logs message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.Logs.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Logs message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.Logs & mlip.v1.Logs.$Shape} Logs
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.Logs & mlip.v1.Logs.$Shape;
        }

        namespace Logs {

            /** Properties of a Logs. */
            interface $Properties {

                /** Logs lines */
                lines?: (mlip.v1.LogLine.$Properties[]|null);

                /** Lines before these that were not sent, as there were too many. */
                dropped?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Logs. */
            type $Shape = mlip.v1.Logs.$Properties;
        }

        /**
         * Properties of a LogLine.
         * @deprecated Use mlip.v1.LogLine.$Properties instead.
         */
        interface ILogLine extends mlip.v1.LogLine.$Properties {
        }

        /** Represents a LogLine. */
        class LogLine {

            /**
             * Constructs a new LogLine.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.LogLine.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** By the worker's clock, milliseconds since 1970. */
            timeMs: number;

            /** LogLine level. */
            level: string;

            /** LogLine message. */
            message: string;

            /** LogLine rank. */
            rank?: (number|null);

            /** LogLine step. */
            step?: (number|null);

            /** LogLine generation. */
            generation?: (number|null);

            /** Further fields as a JSON object. */
            fields: string;

            /**
             * Encodes the specified LogLine message. Does not implicitly {@link mlip.v1.LogLine.verify|verify} messages.
             * @param message LogLine message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.LogLine.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a LogLine message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.LogLine & mlip.v1.LogLine.$Shape} LogLine
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.LogLine & mlip.v1.LogLine.$Shape;
        }

        namespace LogLine {

            /** Properties of a LogLine. */
            interface $Properties {

                /** By the worker's clock, milliseconds since 1970. */
                timeMs?: (number|null);

                /** LogLine level */
                level?: (string|null);

                /** LogLine message */
                message?: (string|null);

                /** LogLine rank */
                rank?: (number|null);

                /** LogLine step */
                step?: (number|null);

                /** LogLine generation */
                generation?: (number|null);

                /** Further fields as a JSON object. */
                fields?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a LogLine. */
            type $Shape = mlip.v1.LogLine.$Properties;
        }

        /**
         * Properties of a TimeSteps.
         * @deprecated Use mlip.v1.TimeSteps.$Properties instead.
         */
        interface ITimeSteps extends mlip.v1.TimeSteps.$Properties {
        }

        /** Steps whose timings somebody wants: from `first_step` to before `end_step`, 0-based. */
        class TimeSteps {

            /**
             * Constructs a new TimeSteps.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.TimeSteps.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** TimeSteps firstStep. */
            firstStep: number;

            /** TimeSteps endStep. */
            endStep: number;

            /**
             * Encodes the specified TimeSteps message. Does not implicitly {@link mlip.v1.TimeSteps.verify|verify} messages.
             * @param message TimeSteps message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.TimeSteps.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a TimeSteps message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.TimeSteps & mlip.v1.TimeSteps.$Shape} TimeSteps
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.TimeSteps & mlip.v1.TimeSteps.$Shape;
        }

        namespace TimeSteps {

            /** Properties of a TimeSteps. */
            interface $Properties {

                /** TimeSteps firstStep */
                firstStep?: (number|null);

                /** TimeSteps endStep */
                endStep?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a TimeSteps. */
            type $Shape = mlip.v1.TimeSteps.$Properties;
        }

        /**
         * Properties of a StepTimings.
         * @deprecated Use mlip.v1.StepTimings.$Properties instead.
         */
        interface IStepTimings extends mlip.v1.StepTimings.$Properties {
        }

        /** Where the time of a step went on one rank, or in the coordinator. */
        class StepTimings {

            /**
             * Constructs a new StepTimings.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.StepTimings.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** StepTimings step. */
            step: number;

            /** StepTimings generation. */
            generation: number;

            /** StepTimings rank. */
            rank: number;

            /** The step was abandoned. */
            abandoned: boolean;

            /** The first one is the whole step. */
            spans: mlip.v1.Span.$Properties[];

            /**
             * Encodes the specified StepTimings message. Does not implicitly {@link mlip.v1.StepTimings.verify|verify} messages.
             * @param message StepTimings message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.StepTimings.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a StepTimings message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.StepTimings & mlip.v1.StepTimings.$Shape} StepTimings
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.StepTimings & mlip.v1.StepTimings.$Shape;
        }

        namespace StepTimings {

            /** Properties of a StepTimings. */
            interface $Properties {

                /** StepTimings step */
                step?: (number|null);

                /** StepTimings generation */
                generation?: (number|null);

                /** StepTimings rank */
                rank?: (number|null);

                /** The step was abandoned. */
                abandoned?: (boolean|null);

                /** The first one is the whole step. */
                spans?: (mlip.v1.Span.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a StepTimings. */
            type $Shape = mlip.v1.StepTimings.$Properties;
        }

        /**
         * Properties of a Span.
         * @deprecated Use mlip.v1.Span.$Properties instead.
         */
        interface ISpan extends mlip.v1.Span.$Properties {
        }

        /** Represents a Span. */
        class Span {

            /**
             * Constructs a new Span.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Span.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Span name. */
            name: string;

            /** What runs beside each other: phases, communication. */
            track: string;

            /** By the sender's clock, milliseconds since 1970. */
            startMs: number;

            /** Span durationMs. */
            durationMs: number;

            /**
             * Encodes the specified Span message. Does not implicitly {@link mlip.v1.Span.verify|verify} messages.
             * @param message Span message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.Span.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Span message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.Span & mlip.v1.Span.$Shape} Span
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.Span & mlip.v1.Span.$Shape;
        }

        namespace Span {

            /** Properties of a Span. */
            interface $Properties {

                /** Span name */
                name?: (string|null);

                /** What runs beside each other: phases, communication. */
                track?: (string|null);

                /** By the sender's clock, milliseconds since 1970. */
                startMs?: (number|null);

                /** Span durationMs */
                durationMs?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Span. */
            type $Shape = mlip.v1.Span.$Properties;
        }

        /**
         * Properties of an Inspect.
         * @deprecated Use mlip.v1.Inspect.$Properties instead.
         */
        interface IInspect extends mlip.v1.Inspect.$Properties {
        }

        /** Somebody wants to know what the worker is doing. */
        class Inspect {

            /**
             * Constructs a new Inspect.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Inspect.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Inspect request. */
            request: number;

            /**
             * Encodes the specified Inspect message. Does not implicitly {@link mlip.v1.Inspect.verify|verify} messages.
             * @param message Inspect message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.Inspect.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Inspect message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.Inspect & mlip.v1.Inspect.$Shape} Inspect
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.Inspect & mlip.v1.Inspect.$Shape;
        }

        namespace Inspect {

            /** Properties of an Inspect. */
            interface $Properties {

                /** Inspect request */
                request?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Inspect. */
            type $Shape = mlip.v1.Inspect.$Properties;
        }

        /**
         * Properties of an Inspected.
         * @deprecated Use mlip.v1.Inspected.$Properties instead.
         */
        interface IInspected extends mlip.v1.Inspected.$Properties {
        }

        /** Represents an Inspected. */
        class Inspected {

            /**
             * Constructs a new Inspected.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Inspected.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Inspected request. */
            request: number;

            /** A JSON object. */
            report: string;

            /**
             * Encodes the specified Inspected message. Does not implicitly {@link mlip.v1.Inspected.verify|verify} messages.
             * @param message Inspected message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.Inspected.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Inspected message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.Inspected & mlip.v1.Inspected.$Shape} Inspected
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.Inspected & mlip.v1.Inspected.$Shape;
        }

        namespace Inspected {

            /** Properties of an Inspected. */
            interface $Properties {

                /** Inspected request */
                request?: (number|null);

                /** A JSON object. */
                report?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Inspected. */
            type $Shape = mlip.v1.Inspected.$Properties;
        }

        /**
         * Properties of a Commit.
         * @deprecated Use mlip.v1.Commit.$Properties instead.
         */
        interface ICommit extends mlip.v1.Commit.$Properties {
        }

        /** The step is applied on this rank. */
        class Commit {

            /**
             * Constructs a new Commit.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Commit.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Commit step. */
            step: number;

            /** Commit generation. */
            generation: number;

            /** Commit report. */
            report?: (mlip.v1.StepReport.$Properties|null);

            /** Of this rank: seconds by phase (data, encode, gather, loss, backward, reduce, update). */
            phaseSeconds: { [k: string]: number };

            /** Of the state after this step; empty where config.integrity asks for none. */
            stateHash: string;

            /**
             * Encodes the specified Commit message. Does not implicitly {@link mlip.v1.Commit.verify|verify} messages.
             * @param message Commit message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.Commit.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Commit message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.Commit & mlip.v1.Commit.$Shape} Commit
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.Commit & mlip.v1.Commit.$Shape;
        }

        namespace Commit {

            /** Properties of a Commit. */
            interface $Properties {

                /** Commit step */
                step?: (number|null);

                /** Commit generation */
                generation?: (number|null);

                /** Commit report */
                report?: (mlip.v1.StepReport.$Properties|null);

                /** Of this rank: seconds by phase (data, encode, gather, loss, backward, reduce, update). */
                phaseSeconds?: ({ [k: string]: number }|null);

                /** Of the state after this step; empty where config.integrity asks for none. */
                stateHash?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Commit. */
            type $Shape = mlip.v1.Commit.$Properties;
        }

        /**
         * Properties of a StepReport.
         * @deprecated Use mlip.v1.StepReport.$Properties instead.
         */
        interface IStepReport extends mlip.v1.StepReport.$Properties {
        }

        /** The same on every rank. */
        class StepReport {

            /**
             * Constructs a new StepReport.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.StepReport.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Values of the global batch by name: loss, loss_global, ... */
            losses: { [k: string]: number };

            /** StepReport learningRate. */
            learningRate: number;

            /** StepReport gradNorm. */
            gradNorm: number;

            /**
             * Rows of the training set in order of the batch, and the rank that computed each micro-batch. In a Commit from rank 0 only;
             * in a Holding from whoever holds the state.
             */
            rows: number[];

            /** StepReport ranks. */
            ranks: number[];

            /** The step changed nothing, since values were not finite: what they were, and the rows that gave them. */
            skipped: string;

            /** StepReport skippedRows. */
            skippedRows: number[];

            /**
             * Encodes the specified StepReport message. Does not implicitly {@link mlip.v1.StepReport.verify|verify} messages.
             * @param message StepReport message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.StepReport.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a StepReport message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.StepReport & mlip.v1.StepReport.$Shape} StepReport
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.StepReport & mlip.v1.StepReport.$Shape;
        }

        namespace StepReport {

            /** Properties of a StepReport. */
            interface $Properties {

                /** Values of the global batch by name: loss, loss_global, ... */
                losses?: ({ [k: string]: number }|null);

                /** StepReport learningRate */
                learningRate?: (number|null);

                /** StepReport gradNorm */
                gradNorm?: (number|null);

                /**
                 * Rows of the training set in order of the batch, and the rank that computed each micro-batch. In a Commit from rank 0 only;
                 * in a Holding from whoever holds the state.
                 */
                rows?: (number[]|null);

                /** StepReport ranks */
                ranks?: (number[]|null);

                /** The step changed nothing, since values were not finite: what they were, and the rows that gave them. */
                skipped?: (string|null);

                /** StepReport skippedRows */
                skippedRows?: (number[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a StepReport. */
            type $Shape = mlip.v1.StepReport.$Properties;
        }

        /**
         * Properties of a Directive.
         * @deprecated Use mlip.v1.Directive.$Properties instead.
         */
        interface IDirective extends mlip.v1.Directive.$Properties {
        }

        /**
         * Answer to Commit, when all ranks have committed and the generation goes on. With `stop` it can come to any worker that has
         * committed or halted, also a second time: the worker that was to save may have been lost. Who is not at rest yet keeps it.
         */
        class Directive {

            /**
             * Constructs a new Directive.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Directive.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Directive nextStep. */
            nextStep: number;

            /** The receiver writes a checkpoint of its state as it is now. */
            save: boolean;

            /** No further step; Finish follows. */
            stop: boolean;

            /** As in Assign; empty where micro-batches stay with whom they are. */
            boundaries: number[];

            /**
             * Encodes the specified Directive message. Does not implicitly {@link mlip.v1.Directive.verify|verify} messages.
             * @param message Directive message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.Directive.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Directive message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.Directive & mlip.v1.Directive.$Shape} Directive
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.Directive & mlip.v1.Directive.$Shape;
        }

        namespace Directive {

            /** Properties of a Directive. */
            interface $Properties {

                /** Directive nextStep */
                nextStep?: (number|null);

                /** The receiver writes a checkpoint of its state as it is now. */
                save?: (boolean|null);

                /** No further step; Finish follows. */
                stop?: (boolean|null);

                /** As in Assign; empty where micro-batches stay with whom they are. */
                boundaries?: (number[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Directive. */
            type $Shape = mlip.v1.Directive.$Properties;
        }

        /**
         * Properties of a Halt.
         * @deprecated Use mlip.v1.Halt.$Properties instead.
         */
        interface IHalt extends mlip.v1.Halt.$Properties {
        }

        /** Stop what is under way. `generation` is the one that is going to be. */
        class Halt {

            /**
             * Constructs a new Halt.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Halt.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Halt generation. */
            generation: number;

            /**
             * Encodes the specified Halt message. Does not implicitly {@link mlip.v1.Halt.verify|verify} messages.
             * @param message Halt message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.Halt.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Halt message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.Halt & mlip.v1.Halt.$Shape} Halt
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.Halt & mlip.v1.Halt.$Shape;
        }

        namespace Halt {

            /** Properties of a Halt. */
            interface $Properties {

                /** Halt generation */
                generation?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Halt. */
            type $Shape = mlip.v1.Halt.$Properties;
        }

        /**
         * Properties of a Drain.
         * @deprecated Use mlip.v1.Drain.$Properties instead.
         */
        interface IDrain extends mlip.v1.Drain.$Properties {
        }

        /** The receiver is to go as SIGTERM makes it: it asks to be let off. */
        class Drain {

            /**
             * Constructs a new Drain.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Drain.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /**
             * Encodes the specified Drain message. Does not implicitly {@link mlip.v1.Drain.verify|verify} messages.
             * @param message Drain message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.Drain.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Drain message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.Drain & mlip.v1.Drain.$Shape} Drain
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.Drain & mlip.v1.Drain.$Shape;
        }

        namespace Drain {

            /** Properties of a Drain. */
            interface $Properties {

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Drain. */
            type $Shape = mlip.v1.Drain.$Properties;
        }

        /**
         * Properties of a Halted.
         * @deprecated Use mlip.v1.Halted.$Properties instead.
         */
        interface IHalted extends mlip.v1.Halted.$Properties {
        }

        /** Nothing is under way any more. */
        class Halted {

            /**
             * Constructs a new Halted.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Halted.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Halted generation. */
            generation: number;

            /** Halted holding. */
            holding?: (mlip.v1.Holding.$Properties|null);

            /**
             * Encodes the specified Halted message. Does not implicitly {@link mlip.v1.Halted.verify|verify} messages.
             * @param message Halted message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.Halted.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Halted message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.Halted & mlip.v1.Halted.$Shape} Halted
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.Halted & mlip.v1.Halted.$Shape;
        }

        namespace Halted {

            /** Properties of a Halted. */
            interface $Properties {

                /** Halted generation */
                generation?: (number|null);

                /** Halted holding */
                holding?: (mlip.v1.Holding.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Halted. */
            type $Shape = mlip.v1.Halted.$Properties;
        }

        /**
         * Properties of a Leave.
         * @deprecated Use mlip.v1.Leave.$Properties instead.
         */
        interface ILeave extends mlip.v1.Leave.$Properties {
        }

        /**
         * The worker has been told to go: it wants to be let off at the end of the step. Finish follows, after an order to save where it
         * is the last one.
         */
        class Leave {

            /**
             * Constructs a new Leave.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Leave.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /**
             * Encodes the specified Leave message. Does not implicitly {@link mlip.v1.Leave.verify|verify} messages.
             * @param message Leave message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.Leave.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Leave message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.Leave & mlip.v1.Leave.$Shape} Leave
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.Leave & mlip.v1.Leave.$Shape;
        }

        namespace Leave {

            /** Properties of a Leave. */
            interface $Properties {

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Leave. */
            type $Shape = mlip.v1.Leave.$Properties;
        }

        /**
         * Properties of a Saved.
         * @deprecated Use mlip.v1.Saved.$Properties instead.
         */
        interface ISaved extends mlip.v1.Saved.$Properties {
        }

        /** Represents a Saved. */
        class Saved {

            /**
             * Constructs a new Saved.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Saved.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Steps applied in the checkpoint. */
            step: number;

            /** Saved path. */
            path: string;

            /**
             * Encodes the specified Saved message. Does not implicitly {@link mlip.v1.Saved.verify|verify} messages.
             * @param message Saved message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.Saved.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Saved message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.Saved & mlip.v1.Saved.$Shape} Saved
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.Saved & mlip.v1.Saved.$Shape;
        }

        namespace Saved {

            /** Properties of a Saved. */
            interface $Properties {

                /** Steps applied in the checkpoint. */
                step?: (number|null);

                /** Saved path */
                path?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Saved. */
            type $Shape = mlip.v1.Saved.$Properties;
        }

        /**
         * Properties of a SaveFailed.
         * @deprecated Use mlip.v1.SaveFailed.$Properties instead.
         */
        interface ISaveFailed extends mlip.v1.SaveFailed.$Properties {
        }

        /** A checkpoint could not be written, to a full disk for instance. The state is as it was, and training goes on. */
        class SaveFailed {

            /**
             * Constructs a new SaveFailed.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.SaveFailed.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Steps applied in the checkpoint that is not there. */
            step: number;

            /** SaveFailed failure. */
            failure?: (mlip.v1.Failure.$Properties|null);

            /**
             * Encodes the specified SaveFailed message. Does not implicitly {@link mlip.v1.SaveFailed.verify|verify} messages.
             * @param message SaveFailed message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.SaveFailed.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SaveFailed message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.SaveFailed & mlip.v1.SaveFailed.$Shape} SaveFailed
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.SaveFailed & mlip.v1.SaveFailed.$Shape;
        }

        namespace SaveFailed {

            /** Properties of a SaveFailed. */
            interface $Properties {

                /** Steps applied in the checkpoint that is not there. */
                step?: (number|null);

                /** SaveFailed failure */
                failure?: (mlip.v1.Failure.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SaveFailed. */
            type $Shape = mlip.v1.SaveFailed.$Properties;
        }

        /**
         * Properties of a Failed.
         * @deprecated Use mlip.v1.Failed.$Properties instead.
         */
        interface IFailed extends mlip.v1.Failed.$Properties {
        }

        /** Represents a Failed. */
        class Failed {

            /**
             * Constructs a new Failed.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Failed.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Failed failure. */
            failure?: (mlip.v1.Failure.$Properties|null);

            /** Failed step. */
            step: number;

            /** The failure may be the consequence of another rank's: a peer was lost. The worker itself can go on. */
            secondary: boolean;

            /** Parameters and optimiser state are those of a whole number of steps: they can be saved. */
            stateIntact: boolean;

            /** Failed generation. */
            generation: number;

            /** The rank that a secondary failure blames. */
            blamed?: (number|null);

            /**
             * Encodes the specified Failed message. Does not implicitly {@link mlip.v1.Failed.verify|verify} messages.
             * @param message Failed message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.Failed.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Failed message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.Failed & mlip.v1.Failed.$Shape} Failed
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.Failed & mlip.v1.Failed.$Shape;
        }

        namespace Failed {

            /** Properties of a Failed. */
            interface $Properties {

                /** Failed failure */
                failure?: (mlip.v1.Failure.$Properties|null);

                /** Failed step */
                step?: (number|null);

                /** The failure may be the consequence of another rank's: a peer was lost. The worker itself can go on. */
                secondary?: (boolean|null);

                /** Parameters and optimiser state are those of a whole number of steps: they can be saved. */
                stateIntact?: (boolean|null);

                /** Failed generation */
                generation?: (number|null);

                /** The rank that a secondary failure blames. */
                blamed?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Failed. */
            type $Shape = mlip.v1.Failed.$Properties;
        }

        /**
         * Properties of an Abort.
         * @deprecated Use mlip.v1.Abort.$Properties instead.
         */
        interface IAbort extends mlip.v1.Abort.$Properties {
        }

        /** The run ends; `save` asks the receiver for a checkpoint. May come again with `save` if the first saver is lost. */
        class Abort {

            /**
             * Constructs a new Abort.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Abort.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Abort cause. */
            cause?: (mlip.v1.Failure.$Properties|null);

            /** Abort save. */
            save: boolean;

            /**
             * Encodes the specified Abort message. Does not implicitly {@link mlip.v1.Abort.verify|verify} messages.
             * @param message Abort message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.Abort.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Abort message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.Abort & mlip.v1.Abort.$Shape} Abort
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.Abort & mlip.v1.Abort.$Shape;
        }

        namespace Abort {

            /** Properties of an Abort. */
            interface $Properties {

                /** Abort cause */
                cause?: (mlip.v1.Failure.$Properties|null);

                /** Abort save */
                save?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Abort. */
            type $Shape = mlip.v1.Abort.$Properties;
        }

        /**
         * Properties of a Finish.
         * @deprecated Use mlip.v1.Finish.$Properties instead.
         */
        interface IFinish extends mlip.v1.Finish.$Properties {
        }

        /** The run is over for this worker; it closes the stream. */
        class Finish {

            /**
             * Constructs a new Finish.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Finish.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** It should be started again: the run has not ended. */
            again: boolean;

            /**
             * Encodes the specified Finish message. Does not implicitly {@link mlip.v1.Finish.verify|verify} messages.
             * @param message Finish message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.Finish.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Finish message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.Finish & mlip.v1.Finish.$Shape} Finish
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.Finish & mlip.v1.Finish.$Shape;
        }

        namespace Finish {

            /** Properties of a Finish. */
            interface $Properties {

                /** It should be started again: the run has not ended. */
                again?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Finish. */
            type $Shape = mlip.v1.Finish.$Properties;
        }

        /**
         * Properties of a Failure.
         * @deprecated Use mlip.v1.Failure.$Properties instead.
         */
        interface IFailure extends mlip.v1.Failure.$Properties {
        }

        /** Represents a Failure. */
        class Failure {

            /**
             * Constructs a new Failure.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Failure.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** MLIP_E_... */
            code: string;

            /** Failure message. */
            message: string;

            /** Empty: not known. */
            where: string;

            /** Failure remedy. */
            remedy: string;

            /**
             * Encodes the specified Failure message. Does not implicitly {@link mlip.v1.Failure.verify|verify} messages.
             * @param message Failure message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.Failure.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Failure message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.Failure & mlip.v1.Failure.$Shape} Failure
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.Failure & mlip.v1.Failure.$Shape;
        }

        namespace Failure {

            /** Properties of a Failure. */
            interface $Properties {

                /** MLIP_E_... */
                code?: (string|null);

                /** Failure message */
                message?: (string|null);

                /** Empty: not known. */
                where?: (string|null);

                /** Failure remedy */
                remedy?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Failure. */
            type $Shape = mlip.v1.Failure.$Properties;
        }

        /**
         * Properties of a GatherMessage.
         * @deprecated Use mlip.v1.GatherMessage.$Properties instead.
         */
        interface IGatherMessage extends mlip.v1.GatherMessage.$Properties {
        }

        /** Represents a GatherMessage. */
        class GatherMessage {

            /**
             * Constructs a new GatherMessage.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.GatherMessage.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** GatherMessage header. */
            header?: (mlip.v1.GatherHeader.$Properties|null);

            /** GatherMessage chunk. */
            chunk?: (mlip.v1.TensorChunk.$Properties|null);

            /** GatherMessage kind. */
            kind?: ("header"|"chunk");

            /**
             * Encodes the specified GatherMessage message. Does not implicitly {@link mlip.v1.GatherMessage.verify|verify} messages.
             * @param message GatherMessage message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.GatherMessage.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a GatherMessage message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.GatherMessage & mlip.v1.GatherMessage.$Shape} GatherMessage
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.GatherMessage & mlip.v1.GatherMessage.$Shape;
        }

        namespace GatherMessage {

            /** Properties of a GatherMessage. */
            interface $Properties {

                /** GatherMessage header */
                header?: (mlip.v1.GatherHeader.$Properties|null);

                /** GatherMessage chunk */
                chunk?: (mlip.v1.TensorChunk.$Properties|null);

                /** GatherMessage kind */
                kind?: ("header"|"chunk");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a GatherMessage. */
            type $Shape = {
              header?: mlip.v1.GatherHeader.$Shape|null;
              chunk?: mlip.v1.TensorChunk.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ kind?: undefined; header?: null; chunk?: null }|{ kind?: "header"; header: mlip.v1.GatherHeader.$Shape; chunk?: null }|{ kind?: "chunk"; header?: null; chunk: mlip.v1.TensorChunk.$Shape })
            );
        }

        /**
         * Properties of a GatherHeader.
         * @deprecated Use mlip.v1.GatherHeader.$Properties instead.
         */
        interface IGatherHeader extends mlip.v1.GatherHeader.$Properties {
        }

        /** Represents a GatherHeader. */
        class GatherHeader {

            /**
             * Constructs a new GatherHeader.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.GatherHeader.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** GatherHeader rank. */
            rank: number;

            /** GatherHeader generation. */
            generation: number;

            /** GatherHeader step. */
            step: number;

            /** GatherHeader tensors. */
            tensors: mlip.v1.TensorHeader.$Properties[];

            /** Towards the coordinator: the sender's number, and the secret that came with its Welcome. */
            worker: number;

            /** GatherHeader secret. */
            secret: Uint8Array;

            /**
             * Encodes the specified GatherHeader message. Does not implicitly {@link mlip.v1.GatherHeader.verify|verify} messages.
             * @param message GatherHeader message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.GatherHeader.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a GatherHeader message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.GatherHeader & mlip.v1.GatherHeader.$Shape} GatherHeader
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.GatherHeader & mlip.v1.GatherHeader.$Shape;
        }

        namespace GatherHeader {

            /** Properties of a GatherHeader. */
            interface $Properties {

                /** GatherHeader rank */
                rank?: (number|null);

                /** GatherHeader generation */
                generation?: (number|null);

                /** GatherHeader step */
                step?: (number|null);

                /** GatherHeader tensors */
                tensors?: (mlip.v1.TensorHeader.$Properties[]|null);

                /** Towards the coordinator: the sender's number, and the secret that came with its Welcome. */
                worker?: (number|null);

                /** GatherHeader secret */
                secret?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a GatherHeader. */
            type $Shape = mlip.v1.GatherHeader.$Properties;
        }

        /**
         * Properties of a TensorHeader.
         * @deprecated Use mlip.v1.TensorHeader.$Properties instead.
         */
        interface ITensorHeader extends mlip.v1.TensorHeader.$Properties {
        }

        /** Row-major, little-endian. Towards the coordinator `rows` are the sender's, from it those of the global batch. */
        class TensorHeader {

            /**
             * Constructs a new TensorHeader.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.TensorHeader.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** TensorHeader name. */
            name: string;

            /** TensorHeader rows. */
            rows: number;

            /** TensorHeader rowBytes. */
            rowBytes: number;

            /**
             * Encodes the specified TensorHeader message. Does not implicitly {@link mlip.v1.TensorHeader.verify|verify} messages.
             * @param message TensorHeader message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.TensorHeader.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a TensorHeader message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.TensorHeader & mlip.v1.TensorHeader.$Shape} TensorHeader
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.TensorHeader & mlip.v1.TensorHeader.$Shape;
        }

        namespace TensorHeader {

            /** Properties of a TensorHeader. */
            interface $Properties {

                /** TensorHeader name */
                name?: (string|null);

                /** TensorHeader rows */
                rows?: (number|null);

                /** TensorHeader rowBytes */
                rowBytes?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a TensorHeader. */
            type $Shape = mlip.v1.TensorHeader.$Properties;
        }

        /**
         * Properties of a TensorChunk.
         * @deprecated Use mlip.v1.TensorChunk.$Properties instead.
         */
        interface ITensorChunk extends mlip.v1.TensorChunk.$Properties {
        }

        /** Represents a TensorChunk. */
        class TensorChunk {

            /**
             * Constructs a new TensorChunk.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.TensorChunk.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Position in GatherHeader.tensors. */
            tensor: number;

            /** The bytes that follow those of the tensor's previous chunk. */
            data: Uint8Array;

            /**
             * Encodes the specified TensorChunk message. Does not implicitly {@link mlip.v1.TensorChunk.verify|verify} messages.
             * @param message TensorChunk message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.TensorChunk.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a TensorChunk message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.TensorChunk & mlip.v1.TensorChunk.$Shape} TensorChunk
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.TensorChunk & mlip.v1.TensorChunk.$Shape;
        }

        namespace TensorChunk {

            /** Properties of a TensorChunk. */
            interface $Properties {

                /** Position in GatherHeader.tensors. */
                tensor?: (number|null);

                /** The bytes that follow those of the tensor's previous chunk. */
                data?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a TensorChunk. */
            type $Shape = mlip.v1.TensorChunk.$Properties;
        }

        /**
         * Properties of a WatchRequest.
         * @deprecated Use mlip.v1.WatchRequest.$Properties instead.
         */
        interface IWatchRequest extends mlip.v1.WatchRequest.$Properties {
        }

        /** Represents a WatchRequest. */
        class WatchRequest {

            /**
             * Constructs a new WatchRequest.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.WatchRequest.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /**
             * Encodes the specified WatchRequest message. Does not implicitly {@link mlip.v1.WatchRequest.verify|verify} messages.
             * @param message WatchRequest message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.WatchRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a WatchRequest message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.WatchRequest & mlip.v1.WatchRequest.$Shape} WatchRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.WatchRequest & mlip.v1.WatchRequest.$Shape;
        }

        namespace WatchRequest {

            /** Properties of a WatchRequest. */
            interface $Properties {

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a WatchRequest. */
            type $Shape = mlip.v1.WatchRequest.$Properties;
        }

        /**
         * Properties of a RunEvent.
         * @deprecated Use mlip.v1.RunEvent.$Properties instead.
         */
        interface IRunEvent extends mlip.v1.RunEvent.$Properties {
        }

        /** Represents a RunEvent. */
        class RunEvent {

            /**
             * Constructs a new RunEvent.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.RunEvent.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RunEvent joined. */
            joined?: (mlip.v1.RunJoined.$Properties|null);

            /** RunEvent started. */
            started?: (mlip.v1.RunStarted.$Properties|null);

            /** RunEvent step. */
            step?: (mlip.v1.RunStep.$Properties|null);

            /** RunEvent saved. */
            saved?: (mlip.v1.RunSaved.$Properties|null);

            /** RunEvent notice. */
            notice?: (mlip.v1.RunNotice.$Properties|null);

            /** RunEvent failed. */
            failed?: (mlip.v1.RunFailed.$Properties|null);

            /** RunEvent finished. */
            finished?: (mlip.v1.RunFinished.$Properties|null);

            /** RunEvent left. */
            left?: (mlip.v1.RunLeft.$Properties|null);

            /** RunEvent generation. */
            generation?: (mlip.v1.RunGeneration.$Properties|null);

            /** RunEvent saveFailed. */
            saveFailed?: (mlip.v1.RunSaveFailed.$Properties|null);

            /** RunEvent paused. */
            paused?: (mlip.v1.RunPaused.$Properties|null);

            /** RunEvent resumed. */
            resumed?: (mlip.v1.RunResumed.$Properties|null);

            /** RunEvent scaled. */
            scaled?: (mlip.v1.RunScaled.$Properties|null);

            /** RunEvent leaving. */
            leaving?: (mlip.v1.RunLeaving.$Properties|null);

            /** RunEvent kind. */
            kind?: ("joined"|"started"|"step"|"saved"|"notice"|"failed"|"finished"|"left"|"generation"|"saveFailed"|"paused"|"resumed"|"scaled"|"leaving");

            /**
             * Encodes the specified RunEvent message. Does not implicitly {@link mlip.v1.RunEvent.verify|verify} messages.
             * @param message RunEvent message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.RunEvent.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RunEvent message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.RunEvent & mlip.v1.RunEvent.$Shape} RunEvent
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.RunEvent & mlip.v1.RunEvent.$Shape;
        }

        namespace RunEvent {

            /** Properties of a RunEvent. */
            interface $Properties {

                /** RunEvent joined */
                joined?: (mlip.v1.RunJoined.$Properties|null);

                /** RunEvent started */
                started?: (mlip.v1.RunStarted.$Properties|null);

                /** RunEvent step */
                step?: (mlip.v1.RunStep.$Properties|null);

                /** RunEvent saved */
                saved?: (mlip.v1.RunSaved.$Properties|null);

                /** RunEvent notice */
                notice?: (mlip.v1.RunNotice.$Properties|null);

                /** RunEvent failed */
                failed?: (mlip.v1.RunFailed.$Properties|null);

                /** RunEvent finished */
                finished?: (mlip.v1.RunFinished.$Properties|null);

                /** RunEvent left */
                left?: (mlip.v1.RunLeft.$Properties|null);

                /** RunEvent generation */
                generation?: (mlip.v1.RunGeneration.$Properties|null);

                /** RunEvent saveFailed */
                saveFailed?: (mlip.v1.RunSaveFailed.$Properties|null);

                /** RunEvent paused */
                paused?: (mlip.v1.RunPaused.$Properties|null);

                /** RunEvent resumed */
                resumed?: (mlip.v1.RunResumed.$Properties|null);

                /** RunEvent scaled */
                scaled?: (mlip.v1.RunScaled.$Properties|null);

                /** RunEvent leaving */
                leaving?: (mlip.v1.RunLeaving.$Properties|null);

                /** RunEvent kind */
                kind?: ("joined"|"started"|"step"|"saved"|"notice"|"failed"|"finished"|"left"|"generation"|"saveFailed"|"paused"|"resumed"|"scaled"|"leaving");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a RunEvent. */
            type $Shape = {
              joined?: mlip.v1.RunJoined.$Shape|null;
              started?: mlip.v1.RunStarted.$Shape|null;
              step?: mlip.v1.RunStep.$Shape|null;
              saved?: mlip.v1.RunSaved.$Shape|null;
              notice?: mlip.v1.RunNotice.$Shape|null;
              failed?: mlip.v1.RunFailed.$Shape|null;
              finished?: mlip.v1.RunFinished.$Shape|null;
              left?: mlip.v1.RunLeft.$Shape|null;
              generation?: mlip.v1.RunGeneration.$Shape|null;
              saveFailed?: mlip.v1.RunSaveFailed.$Shape|null;
              paused?: mlip.v1.RunPaused.$Shape|null;
              resumed?: mlip.v1.RunResumed.$Shape|null;
              scaled?: mlip.v1.RunScaled.$Shape|null;
              leaving?: mlip.v1.RunLeaving.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ kind?: undefined; joined?: null; started?: null; step?: null; saved?: null; notice?: null; failed?: null; finished?: null; left?: null; generation?: null; saveFailed?: null; paused?: null; resumed?: null; scaled?: null; leaving?: null }|{ kind?: "joined"; joined: mlip.v1.RunJoined.$Shape; started?: null; step?: null; saved?: null; notice?: null; failed?: null; finished?: null; left?: null; generation?: null; saveFailed?: null; paused?: null; resumed?: null; scaled?: null; leaving?: null }|{ kind?: "started"; joined?: null; started: mlip.v1.RunStarted.$Shape; step?: null; saved?: null; notice?: null; failed?: null; finished?: null; left?: null; generation?: null; saveFailed?: null; paused?: null; resumed?: null; scaled?: null; leaving?: null }|{ kind?: "step"; joined?: null; started?: null; step: mlip.v1.RunStep.$Shape; saved?: null; notice?: null; failed?: null; finished?: null; left?: null; generation?: null; saveFailed?: null; paused?: null; resumed?: null; scaled?: null; leaving?: null }|{ kind?: "saved"; joined?: null; started?: null; step?: null; saved: mlip.v1.RunSaved.$Shape; notice?: null; failed?: null; finished?: null; left?: null; generation?: null; saveFailed?: null; paused?: null; resumed?: null; scaled?: null; leaving?: null }|{ kind?: "notice"; joined?: null; started?: null; step?: null; saved?: null; notice: mlip.v1.RunNotice.$Shape; failed?: null; finished?: null; left?: null; generation?: null; saveFailed?: null; paused?: null; resumed?: null; scaled?: null; leaving?: null }|{ kind?: "failed"; joined?: null; started?: null; step?: null; saved?: null; notice?: null; failed: mlip.v1.RunFailed.$Shape; finished?: null; left?: null; generation?: null; saveFailed?: null; paused?: null; resumed?: null; scaled?: null; leaving?: null }|{ kind?: "finished"; joined?: null; started?: null; step?: null; saved?: null; notice?: null; failed?: null; finished: mlip.v1.RunFinished.$Shape; left?: null; generation?: null; saveFailed?: null; paused?: null; resumed?: null; scaled?: null; leaving?: null }|{ kind?: "left"; joined?: null; started?: null; step?: null; saved?: null; notice?: null; failed?: null; finished?: null; left: mlip.v1.RunLeft.$Shape; generation?: null; saveFailed?: null; paused?: null; resumed?: null; scaled?: null; leaving?: null }|{ kind?: "generation"; joined?: null; started?: null; step?: null; saved?: null; notice?: null; failed?: null; finished?: null; left?: null; generation: mlip.v1.RunGeneration.$Shape; saveFailed?: null; paused?: null; resumed?: null; scaled?: null; leaving?: null }|{ kind?: "saveFailed"; joined?: null; started?: null; step?: null; saved?: null; notice?: null; failed?: null; finished?: null; left?: null; generation?: null; saveFailed: mlip.v1.RunSaveFailed.$Shape; paused?: null; resumed?: null; scaled?: null; leaving?: null }|{ kind?: "paused"; joined?: null; started?: null; step?: null; saved?: null; notice?: null; failed?: null; finished?: null; left?: null; generation?: null; saveFailed?: null; paused: mlip.v1.RunPaused.$Shape; resumed?: null; scaled?: null; leaving?: null }|{ kind?: "resumed"; joined?: null; started?: null; step?: null; saved?: null; notice?: null; failed?: null; finished?: null; left?: null; generation?: null; saveFailed?: null; paused?: null; resumed: mlip.v1.RunResumed.$Shape; scaled?: null; leaving?: null }|{ kind?: "scaled"; joined?: null; started?: null; step?: null; saved?: null; notice?: null; failed?: null; finished?: null; left?: null; generation?: null; saveFailed?: null; paused?: null; resumed?: null; scaled: mlip.v1.RunScaled.$Shape; leaving?: null }|{ kind?: "leaving"; joined?: null; started?: null; step?: null; saved?: null; notice?: null; failed?: null; finished?: null; left?: null; generation?: null; saveFailed?: null; paused?: null; resumed?: null; scaled?: null; leaving: mlip.v1.RunLeaving.$Shape })
            );
        }

        /**
         * Properties of a RunJoined.
         * @deprecated Use mlip.v1.RunJoined.$Properties instead.
         */
        interface IRunJoined extends mlip.v1.RunJoined.$Properties {
        }

        /** Represents a RunJoined. */
        class RunJoined {

            /**
             * Constructs a new RunJoined.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.RunJoined.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RunJoined worker. */
            worker: number;

            /** RunJoined host. */
            host: string;

            /** RunJoined pid. */
            pid: number;

            /** RunJoined device. */
            device: string;

            /**
             * Encodes the specified RunJoined message. Does not implicitly {@link mlip.v1.RunJoined.verify|verify} messages.
             * @param message RunJoined message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.RunJoined.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RunJoined message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.RunJoined & mlip.v1.RunJoined.$Shape} RunJoined
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.RunJoined & mlip.v1.RunJoined.$Shape;
        }

        namespace RunJoined {

            /** Properties of a RunJoined. */
            interface $Properties {

                /** RunJoined worker */
                worker?: (number|null);

                /** RunJoined host */
                host?: (string|null);

                /** RunJoined pid */
                pid?: (number|null);

                /** RunJoined device */
                device?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RunJoined. */
            type $Shape = mlip.v1.RunJoined.$Properties;
        }

        /**
         * Properties of a RunLeft.
         * @deprecated Use mlip.v1.RunLeft.$Properties instead.
         */
        interface IRunLeft extends mlip.v1.RunLeft.$Properties {
        }

        /** A worker takes part no more. */
        class RunLeft {

            /**
             * Constructs a new RunLeft.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.RunLeft.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RunLeft worker. */
            worker: number;

            /** RunLeft reason. */
            reason: string;

            /**
             * Encodes the specified RunLeft message. Does not implicitly {@link mlip.v1.RunLeft.verify|verify} messages.
             * @param message RunLeft message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.RunLeft.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RunLeft message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.RunLeft & mlip.v1.RunLeft.$Shape} RunLeft
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.RunLeft & mlip.v1.RunLeft.$Shape;
        }

        namespace RunLeft {

            /** Properties of a RunLeft. */
            interface $Properties {

                /** RunLeft worker */
                worker?: (number|null);

                /** RunLeft reason */
                reason?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RunLeft. */
            type $Shape = mlip.v1.RunLeft.$Properties;
        }

        /**
         * Properties of a RunStarted.
         * @deprecated Use mlip.v1.RunStarted.$Properties instead.
         */
        interface IRunStarted extends mlip.v1.RunStarted.$Properties {
        }

        /** Training begins, in this process of the coordinator. */
        class RunStarted {

            /**
             * Constructs a new RunStarted.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.RunStarted.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RunStarted runId. */
            runId: string;

            /** RunStarted startStep. */
            startStep: number;

            /** RunStarted steps. */
            steps: number;

            /** RunStarted world. */
            world: number;

            /**
             * Encodes the specified RunStarted message. Does not implicitly {@link mlip.v1.RunStarted.verify|verify} messages.
             * @param message RunStarted message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.RunStarted.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RunStarted message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.RunStarted & mlip.v1.RunStarted.$Shape} RunStarted
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.RunStarted & mlip.v1.RunStarted.$Shape;
        }

        namespace RunStarted {

            /** Properties of a RunStarted. */
            interface $Properties {

                /** RunStarted runId */
                runId?: (string|null);

                /** RunStarted startStep */
                startStep?: (number|null);

                /** RunStarted steps */
                steps?: (number|null);

                /** RunStarted world */
                world?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RunStarted. */
            type $Shape = mlip.v1.RunStarted.$Properties;
        }

        /**
         * Properties of a RunGeneration.
         * @deprecated Use mlip.v1.RunGeneration.$Properties instead.
         */
        interface IRunGeneration extends mlip.v1.RunGeneration.$Properties {
        }

        /** The workers that take part have changed. */
        class RunGeneration {

            /**
             * Constructs a new RunGeneration.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.RunGeneration.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RunGeneration generation. */
            generation: number;

            /** RunGeneration world. */
            world: number;

            /** Steps applied. */
            step: number;

            /** From the change to the moment when all were in place. */
            seconds: number;

            /** RunGeneration reason. */
            reason: string;

            /**
             * Encodes the specified RunGeneration message. Does not implicitly {@link mlip.v1.RunGeneration.verify|verify} messages.
             * @param message RunGeneration message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.RunGeneration.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RunGeneration message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.RunGeneration & mlip.v1.RunGeneration.$Shape} RunGeneration
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.RunGeneration & mlip.v1.RunGeneration.$Shape;
        }

        namespace RunGeneration {

            /** Properties of a RunGeneration. */
            interface $Properties {

                /** RunGeneration generation */
                generation?: (number|null);

                /** RunGeneration world */
                world?: (number|null);

                /** Steps applied. */
                step?: (number|null);

                /** From the change to the moment when all were in place. */
                seconds?: (number|null);

                /** RunGeneration reason */
                reason?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RunGeneration. */
            type $Shape = mlip.v1.RunGeneration.$Properties;
        }

        /**
         * Properties of a RunStep.
         * @deprecated Use mlip.v1.RunStep.$Properties instead.
         */
        interface IRunStep extends mlip.v1.RunStep.$Properties {
        }

        /** Represents a RunStep. */
        class RunStep {

            /**
             * Constructs a new RunStep.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.RunStep.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** The line of metrics.jsonl. */
            line: string;

            /**
             * Encodes the specified RunStep message. Does not implicitly {@link mlip.v1.RunStep.verify|verify} messages.
             * @param message RunStep message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.RunStep.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RunStep message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.RunStep & mlip.v1.RunStep.$Shape} RunStep
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.RunStep & mlip.v1.RunStep.$Shape;
        }

        namespace RunStep {

            /** Properties of a RunStep. */
            interface $Properties {

                /** The line of metrics.jsonl. */
                line?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RunStep. */
            type $Shape = mlip.v1.RunStep.$Properties;
        }

        /**
         * Properties of a RunSaved.
         * @deprecated Use mlip.v1.RunSaved.$Properties instead.
         */
        interface IRunSaved extends mlip.v1.RunSaved.$Properties {
        }

        /** Represents a RunSaved. */
        class RunSaved {

            /**
             * Constructs a new RunSaved.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.RunSaved.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RunSaved step. */
            step: number;

            /** RunSaved path. */
            path: string;

            /**
             * Encodes the specified RunSaved message. Does not implicitly {@link mlip.v1.RunSaved.verify|verify} messages.
             * @param message RunSaved message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.RunSaved.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RunSaved message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.RunSaved & mlip.v1.RunSaved.$Shape} RunSaved
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.RunSaved & mlip.v1.RunSaved.$Shape;
        }

        namespace RunSaved {

            /** Properties of a RunSaved. */
            interface $Properties {

                /** RunSaved step */
                step?: (number|null);

                /** RunSaved path */
                path?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RunSaved. */
            type $Shape = mlip.v1.RunSaved.$Properties;
        }

        /**
         * Properties of a RunSaveFailed.
         * @deprecated Use mlip.v1.RunSaveFailed.$Properties instead.
         */
        interface IRunSaveFailed extends mlip.v1.RunSaveFailed.$Properties {
        }

        /** A checkpoint could not be written; the run goes on without it. */
        class RunSaveFailed {

            /**
             * Constructs a new RunSaveFailed.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.RunSaveFailed.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RunSaveFailed worker. */
            worker: number;

            /** Steps applied in the checkpoint that is not there. */
            step: number;

            /** RunSaveFailed cause. */
            cause?: (mlip.v1.Failure.$Properties|null);

            /**
             * Encodes the specified RunSaveFailed message. Does not implicitly {@link mlip.v1.RunSaveFailed.verify|verify} messages.
             * @param message RunSaveFailed message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.RunSaveFailed.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RunSaveFailed message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.RunSaveFailed & mlip.v1.RunSaveFailed.$Shape} RunSaveFailed
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.RunSaveFailed & mlip.v1.RunSaveFailed.$Shape;
        }

        namespace RunSaveFailed {

            /** Properties of a RunSaveFailed. */
            interface $Properties {

                /** RunSaveFailed worker */
                worker?: (number|null);

                /** Steps applied in the checkpoint that is not there. */
                step?: (number|null);

                /** RunSaveFailed cause */
                cause?: (mlip.v1.Failure.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RunSaveFailed. */
            type $Shape = mlip.v1.RunSaveFailed.$Properties;
        }

        /**
         * Properties of a RunPaused.
         * @deprecated Use mlip.v1.RunPaused.$Properties instead.
         */
        interface IRunPaused extends mlip.v1.RunPaused.$Properties {
        }

        /** No step is under way, and none begins. */
        class RunPaused {

            /**
             * Constructs a new RunPaused.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.RunPaused.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Steps applied. */
            step: number;

            /**
             * Encodes the specified RunPaused message. Does not implicitly {@link mlip.v1.RunPaused.verify|verify} messages.
             * @param message RunPaused message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.RunPaused.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RunPaused message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.RunPaused & mlip.v1.RunPaused.$Shape} RunPaused
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.RunPaused & mlip.v1.RunPaused.$Shape;
        }

        namespace RunPaused {

            /** Properties of a RunPaused. */
            interface $Properties {

                /** Steps applied. */
                step?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RunPaused. */
            type $Shape = mlip.v1.RunPaused.$Properties;
        }

        /**
         * Properties of a RunResumed.
         * @deprecated Use mlip.v1.RunResumed.$Properties instead.
         */
        interface IRunResumed extends mlip.v1.RunResumed.$Properties {
        }

        /** Represents a RunResumed. */
        class RunResumed {

            /**
             * Constructs a new RunResumed.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.RunResumed.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Steps applied. */
            step: number;

            /**
             * Encodes the specified RunResumed message. Does not implicitly {@link mlip.v1.RunResumed.verify|verify} messages.
             * @param message RunResumed message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.RunResumed.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RunResumed message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.RunResumed & mlip.v1.RunResumed.$Shape} RunResumed
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.RunResumed & mlip.v1.RunResumed.$Shape;
        }

        namespace RunResumed {

            /** Properties of a RunResumed. */
            interface $Properties {

                /** Steps applied. */
                step?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RunResumed. */
            type $Shape = mlip.v1.RunResumed.$Properties;
        }

        /**
         * Properties of a RunScaled.
         * @deprecated Use mlip.v1.RunScaled.$Properties instead.
         */
        interface IRunScaled extends mlip.v1.RunScaled.$Properties {
        }

        /** The run is to have so many workers. */
        class RunScaled {

            /**
             * Constructs a new RunScaled.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.RunScaled.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RunScaled workers. */
            workers: number;

            /**
             * Encodes the specified RunScaled message. Does not implicitly {@link mlip.v1.RunScaled.verify|verify} messages.
             * @param message RunScaled message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.RunScaled.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RunScaled message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.RunScaled & mlip.v1.RunScaled.$Shape} RunScaled
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.RunScaled & mlip.v1.RunScaled.$Shape;
        }

        namespace RunScaled {

            /** Properties of a RunScaled. */
            interface $Properties {

                /** RunScaled workers */
                workers?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RunScaled. */
            type $Shape = mlip.v1.RunScaled.$Properties;
        }

        /**
         * Properties of a RunLeaving.
         * @deprecated Use mlip.v1.RunLeaving.$Properties instead.
         */
        interface IRunLeaving extends mlip.v1.RunLeaving.$Properties {
        }

        /** A worker is to leave, since it asked for it or somebody else did; RunLeft follows. */
        class RunLeaving {

            /**
             * Constructs a new RunLeaving.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.RunLeaving.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RunLeaving worker. */
            worker: number;

            /**
             * Encodes the specified RunLeaving message. Does not implicitly {@link mlip.v1.RunLeaving.verify|verify} messages.
             * @param message RunLeaving message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.RunLeaving.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RunLeaving message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.RunLeaving & mlip.v1.RunLeaving.$Shape} RunLeaving
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.RunLeaving & mlip.v1.RunLeaving.$Shape;
        }

        namespace RunLeaving {

            /** Properties of a RunLeaving. */
            interface $Properties {

                /** RunLeaving worker */
                worker?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RunLeaving. */
            type $Shape = mlip.v1.RunLeaving.$Properties;
        }

        /**
         * Properties of a RunNotice.
         * @deprecated Use mlip.v1.RunNotice.$Properties instead.
         */
        interface IRunNotice extends mlip.v1.RunNotice.$Properties {
        }

        /** Worth a line in a log, such as a share of time lost in waiting for data. */
        class RunNotice {

            /**
             * Constructs a new RunNotice.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.RunNotice.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RunNotice text. */
            text: string;

            /**
             * Encodes the specified RunNotice message. Does not implicitly {@link mlip.v1.RunNotice.verify|verify} messages.
             * @param message RunNotice message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.RunNotice.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RunNotice message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.RunNotice & mlip.v1.RunNotice.$Shape} RunNotice
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.RunNotice & mlip.v1.RunNotice.$Shape;
        }

        namespace RunNotice {

            /** Properties of a RunNotice. */
            interface $Properties {

                /** RunNotice text */
                text?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RunNotice. */
            type $Shape = mlip.v1.RunNotice.$Properties;
        }

        /**
         * Properties of a RunFailed.
         * @deprecated Use mlip.v1.RunFailed.$Properties instead.
         */
        interface IRunFailed extends mlip.v1.RunFailed.$Properties {
        }

        /** Represents a RunFailed. */
        class RunFailed {

            /**
             * Constructs a new RunFailed.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.RunFailed.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RunFailed cause. */
            cause?: (mlip.v1.Failure.$Properties|null);

            /** The worker that is to blame; absent where none is. */
            worker?: (number|null);

            /** Steps applied by all ranks. */
            step: number;

            /** Newest checkpoint; empty where there is none. */
            checkpoint: string;

            /**
             * Encodes the specified RunFailed message. Does not implicitly {@link mlip.v1.RunFailed.verify|verify} messages.
             * @param message RunFailed message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.RunFailed.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RunFailed message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.RunFailed & mlip.v1.RunFailed.$Shape} RunFailed
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.RunFailed & mlip.v1.RunFailed.$Shape;
        }

        namespace RunFailed {

            /** Properties of a RunFailed. */
            interface $Properties {

                /** RunFailed cause */
                cause?: (mlip.v1.Failure.$Properties|null);

                /** The worker that is to blame; absent where none is. */
                worker?: (number|null);

                /** Steps applied by all ranks. */
                step?: (number|null);

                /** Newest checkpoint; empty where there is none. */
                checkpoint?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RunFailed. */
            type $Shape = mlip.v1.RunFailed.$Properties;
        }

        /**
         * Properties of a RunFinished.
         * @deprecated Use mlip.v1.RunFinished.$Properties instead.
         */
        interface IRunFinished extends mlip.v1.RunFinished.$Properties {
        }

        /** Represents a RunFinished. */
        class RunFinished {

            /**
             * Constructs a new RunFinished.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.RunFinished.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Ended on request rather than after its last step. */
            stopped: boolean;

            /** RunFinished step. */
            step: number;

            /** RunFinished checkpoint. */
            checkpoint: string;

            /**
             * Encodes the specified RunFinished message. Does not implicitly {@link mlip.v1.RunFinished.verify|verify} messages.
             * @param message RunFinished message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.RunFinished.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RunFinished message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.RunFinished & mlip.v1.RunFinished.$Shape} RunFinished
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.RunFinished & mlip.v1.RunFinished.$Shape;
        }

        namespace RunFinished {

            /** Properties of a RunFinished. */
            interface $Properties {

                /** Ended on request rather than after its last step. */
                stopped?: (boolean|null);

                /** RunFinished step */
                step?: (number|null);

                /** RunFinished checkpoint */
                checkpoint?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RunFinished. */
            type $Shape = mlip.v1.RunFinished.$Properties;
        }

        /**
         * Properties of a StatusRequest.
         * @deprecated Use mlip.v1.StatusRequest.$Properties instead.
         */
        interface IStatusRequest extends mlip.v1.StatusRequest.$Properties {
        }

        /** Represents a StatusRequest. */
        class StatusRequest {

            /**
             * Constructs a new StatusRequest.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.StatusRequest.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /**
             * Encodes the specified StatusRequest message. Does not implicitly {@link mlip.v1.StatusRequest.verify|verify} messages.
             * @param message StatusRequest message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.StatusRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a StatusRequest message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.StatusRequest & mlip.v1.StatusRequest.$Shape} StatusRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.StatusRequest & mlip.v1.StatusRequest.$Shape;
        }

        namespace StatusRequest {

            /** Properties of a StatusRequest. */
            interface $Properties {

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a StatusRequest. */
            type $Shape = mlip.v1.StatusRequest.$Properties;
        }

        /**
         * Properties of a RunStatus.
         * @deprecated Use mlip.v1.RunStatus.$Properties instead.
         */
        interface IRunStatus extends mlip.v1.RunStatus.$Properties {
        }

        /** Represents a RunStatus. */
        class RunStatus {

            /**
             * Constructs a new RunStatus.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.RunStatus.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RunStatus runId. */
            runId: string;

            /** RunStatus phase. */
            phase: string;

            /** What the run waits for, in words. */
            reason: string;

            /** RunStatus generation. */
            generation: number;

            /** Workers of the generation. */
            world: number;

            /** Steps applied by all ranks, of `steps`; 0 of 0 before the start. */
            step: number;

            /** RunStatus steps. */
            steps: number;

            /** RunStatus workers. */
            workers: mlip.v1.WorkerStatus.$Properties[];

            /** Pairs of a step. */
            batchSize: number;

            /** Of one of the latest steps, a moving average; 0 before the second one. */
            stepSeconds: number;

            /** Why the generation has begun, and how long ago. */
            transition: string;

            /** RunStatus transitionSecondsAgo. */
            transitionSecondsAgo: number;

            /** Newest checkpoint, and the steps applied in it; empty where there is none. */
            checkpoint: string;

            /** RunStatus checkpointStep. */
            checkpointStep: number;

            /** Of the newest step; absent before the first. */
            loss?: (number|null);

            /** Somebody has asked for a pause: where `phase` is not "paused", it begins after the step under way. */
            paused: boolean;

            /** Coordinators that went on with the run after one before them. */
            restarts: number;

            /** Workers that were lost or given up, those that came back included. */
            workersLost: number;

            /** Workers that the run is to have; 0 where nobody has said so since it was started. */
            workersWanted: number;

            /**
             * Encodes the specified RunStatus message. Does not implicitly {@link mlip.v1.RunStatus.verify|verify} messages.
             * @param message RunStatus message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.RunStatus.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RunStatus message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.RunStatus & mlip.v1.RunStatus.$Shape} RunStatus
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.RunStatus & mlip.v1.RunStatus.$Shape;
        }

        namespace RunStatus {

            /** Properties of a RunStatus. */
            interface $Properties {

                /** RunStatus runId */
                runId?: (string|null);

                /** RunStatus phase */
                phase?: (string|null);

                /** What the run waits for, in words. */
                reason?: (string|null);

                /** RunStatus generation */
                generation?: (number|null);

                /** Workers of the generation. */
                world?: (number|null);

                /** Steps applied by all ranks, of `steps`; 0 of 0 before the start. */
                step?: (number|null);

                /** RunStatus steps */
                steps?: (number|null);

                /** RunStatus workers */
                workers?: (mlip.v1.WorkerStatus.$Properties[]|null);

                /** Pairs of a step. */
                batchSize?: (number|null);

                /** Of one of the latest steps, a moving average; 0 before the second one. */
                stepSeconds?: (number|null);

                /** Why the generation has begun, and how long ago. */
                transition?: (string|null);

                /** RunStatus transitionSecondsAgo */
                transitionSecondsAgo?: (number|null);

                /** Newest checkpoint, and the steps applied in it; empty where there is none. */
                checkpoint?: (string|null);

                /** RunStatus checkpointStep */
                checkpointStep?: (number|null);

                /** Of the newest step; absent before the first. */
                loss?: (number|null);

                /** Somebody has asked for a pause: where `phase` is not "paused", it begins after the step under way. */
                paused?: (boolean|null);

                /** Coordinators that went on with the run after one before them. */
                restarts?: (number|null);

                /** Workers that were lost or given up, those that came back included. */
                workersLost?: (number|null);

                /** Workers that the run is to have; 0 where nobody has said so since it was started. */
                workersWanted?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RunStatus. */
            type $Shape = mlip.v1.RunStatus.$Properties;
        }

        /**
         * Properties of a WorkerStatus.
         * @deprecated Use mlip.v1.WorkerStatus.$Properties instead.
         */
        interface IWorkerStatus extends mlip.v1.WorkerStatus.$Properties {
        }

        /** Represents a WorkerStatus. */
        class WorkerStatus {

            /**
             * Constructs a new WorkerStatus.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.WorkerStatus.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** WorkerStatus worker. */
            worker: number;

            /** WorkerStatus host. */
            host: string;

            /** WorkerStatus pid. */
            pid: number;

            /** WorkerStatus device. */
            device: string;

            /** Since its last message. */
            silentSeconds: number;

            /**
             * loading, idle, placing (gets the state with which its generation begins), serving, halting, failed, or leaving where it has
             * asked to be let off.
             */
            standing: string;

            /** Absent where it does not serve. */
            rank?: (number|null);

            /** Micro-batches of a step, and how many it computes in a second of its own time. */
            microBatches: number;

            /** WorkerStatus speed. */
            speed: number;

            /** Of the newest step that it has applied: seconds by phase (data, encode, gather, loss, backward, reduce, update). */
            phaseSeconds: { [k: string]: number };

            /**
             * Encodes the specified WorkerStatus message. Does not implicitly {@link mlip.v1.WorkerStatus.verify|verify} messages.
             * @param message WorkerStatus message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.WorkerStatus.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a WorkerStatus message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.WorkerStatus & mlip.v1.WorkerStatus.$Shape} WorkerStatus
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.WorkerStatus & mlip.v1.WorkerStatus.$Shape;
        }

        namespace WorkerStatus {

            /** Properties of a WorkerStatus. */
            interface $Properties {

                /** WorkerStatus worker */
                worker?: (number|null);

                /** WorkerStatus host */
                host?: (string|null);

                /** WorkerStatus pid */
                pid?: (number|null);

                /** WorkerStatus device */
                device?: (string|null);

                /** Since its last message. */
                silentSeconds?: (number|null);

                /**
                 * loading, idle, placing (gets the state with which its generation begins), serving, halting, failed, or leaving where it has
                 * asked to be let off.
                 */
                standing?: (string|null);

                /** Absent where it does not serve. */
                rank?: (number|null);

                /** Micro-batches of a step, and how many it computes in a second of its own time. */
                microBatches?: (number|null);

                /** WorkerStatus speed */
                speed?: (number|null);

                /** Of the newest step that it has applied: seconds by phase (data, encode, gather, loss, backward, reduce, update). */
                phaseSeconds?: ({ [k: string]: number }|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a WorkerStatus. */
            type $Shape = mlip.v1.WorkerStatus.$Properties;
        }

        /**
         * Properties of a StopRequest.
         * @deprecated Use mlip.v1.StopRequest.$Properties instead.
         */
        interface IStopRequest extends mlip.v1.StopRequest.$Properties {
        }

        /** Represents a StopRequest. */
        class StopRequest {

            /**
             * Constructs a new StopRequest.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.StopRequest.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /**
             * Encodes the specified StopRequest message. Does not implicitly {@link mlip.v1.StopRequest.verify|verify} messages.
             * @param message StopRequest message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.StopRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a StopRequest message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.StopRequest & mlip.v1.StopRequest.$Shape} StopRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.StopRequest & mlip.v1.StopRequest.$Shape;
        }

        namespace StopRequest {

            /** Properties of a StopRequest. */
            interface $Properties {

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a StopRequest. */
            type $Shape = mlip.v1.StopRequest.$Properties;
        }

        /**
         * Properties of a PauseRequest.
         * @deprecated Use mlip.v1.PauseRequest.$Properties instead.
         */
        interface IPauseRequest extends mlip.v1.PauseRequest.$Properties {
        }

        /** Represents a PauseRequest. */
        class PauseRequest {

            /**
             * Constructs a new PauseRequest.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.PauseRequest.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /**
             * Encodes the specified PauseRequest message. Does not implicitly {@link mlip.v1.PauseRequest.verify|verify} messages.
             * @param message PauseRequest message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.PauseRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a PauseRequest message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.PauseRequest & mlip.v1.PauseRequest.$Shape} PauseRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.PauseRequest & mlip.v1.PauseRequest.$Shape;
        }

        namespace PauseRequest {

            /** Properties of a PauseRequest. */
            interface $Properties {

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a PauseRequest. */
            type $Shape = mlip.v1.PauseRequest.$Properties;
        }

        /**
         * Properties of a ResumeRequest.
         * @deprecated Use mlip.v1.ResumeRequest.$Properties instead.
         */
        interface IResumeRequest extends mlip.v1.ResumeRequest.$Properties {
        }

        /** Represents a ResumeRequest. */
        class ResumeRequest {

            /**
             * Constructs a new ResumeRequest.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.ResumeRequest.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /**
             * Encodes the specified ResumeRequest message. Does not implicitly {@link mlip.v1.ResumeRequest.verify|verify} messages.
             * @param message ResumeRequest message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.ResumeRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ResumeRequest message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.ResumeRequest & mlip.v1.ResumeRequest.$Shape} ResumeRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.ResumeRequest & mlip.v1.ResumeRequest.$Shape;
        }

        namespace ResumeRequest {

            /** Properties of a ResumeRequest. */
            interface $Properties {

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ResumeRequest. */
            type $Shape = mlip.v1.ResumeRequest.$Properties;
        }

        /**
         * Properties of a DrainRequest.
         * @deprecated Use mlip.v1.DrainRequest.$Properties instead.
         */
        interface IDrainRequest extends mlip.v1.DrainRequest.$Properties {
        }

        /** Represents a DrainRequest. */
        class DrainRequest {

            /**
             * Constructs a new DrainRequest.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.DrainRequest.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** DrainRequest worker. */
            worker: number;

            /** That of whoever asks: in another one the number may be that of somebody else. */
            generation: number;

            /** Also where the run cannot go on without it. */
            force: boolean;

            /**
             * Encodes the specified DrainRequest message. Does not implicitly {@link mlip.v1.DrainRequest.verify|verify} messages.
             * @param message DrainRequest message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.DrainRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a DrainRequest message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.DrainRequest & mlip.v1.DrainRequest.$Shape} DrainRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.DrainRequest & mlip.v1.DrainRequest.$Shape;
        }

        namespace DrainRequest {

            /** Properties of a DrainRequest. */
            interface $Properties {

                /** DrainRequest worker */
                worker?: (number|null);

                /** That of whoever asks: in another one the number may be that of somebody else. */
                generation?: (number|null);

                /** Also where the run cannot go on without it. */
                force?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a DrainRequest. */
            type $Shape = mlip.v1.DrainRequest.$Properties;
        }

        /**
         * Properties of a ScaleRequest.
         * @deprecated Use mlip.v1.ScaleRequest.$Properties instead.
         */
        interface IScaleRequest extends mlip.v1.ScaleRequest.$Properties {
        }

        /** Represents a ScaleRequest. */
        class ScaleRequest {

            /**
             * Constructs a new ScaleRequest.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.ScaleRequest.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ScaleRequest workers. */
            workers: number;

            /**
             * Encodes the specified ScaleRequest message. Does not implicitly {@link mlip.v1.ScaleRequest.verify|verify} messages.
             * @param message ScaleRequest message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.ScaleRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ScaleRequest message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.ScaleRequest & mlip.v1.ScaleRequest.$Shape} ScaleRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.ScaleRequest & mlip.v1.ScaleRequest.$Shape;
        }

        namespace ScaleRequest {

            /** Properties of a ScaleRequest. */
            interface $Properties {

                /** ScaleRequest workers */
                workers?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ScaleRequest. */
            type $Shape = mlip.v1.ScaleRequest.$Properties;
        }

        /**
         * Properties of a CommandReply.
         * @deprecated Use mlip.v1.CommandReply.$Properties instead.
         */
        interface ICommandReply extends mlip.v1.CommandReply.$Properties {
        }

        /** What has become of a command. */
        class CommandReply {

            /**
             * Constructs a new CommandReply.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.CommandReply.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** False where there was nothing to change. */
            changed: boolean;

            /** In words. */
            text: string;

            /**
             * Encodes the specified CommandReply message. Does not implicitly {@link mlip.v1.CommandReply.verify|verify} messages.
             * @param message CommandReply message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.CommandReply.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a CommandReply message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.CommandReply & mlip.v1.CommandReply.$Shape} CommandReply
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.CommandReply & mlip.v1.CommandReply.$Shape;
        }

        namespace CommandReply {

            /** Properties of a CommandReply. */
            interface $Properties {

                /** False where there was nothing to change. */
                changed?: (boolean|null);

                /** In words. */
                text?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a CommandReply. */
            type $Shape = mlip.v1.CommandReply.$Properties;
        }

        /**
         * Properties of a LogsRequest.
         * @deprecated Use mlip.v1.LogsRequest.$Properties instead.
         */
        interface ILogsRequest extends mlip.v1.LogsRequest.$Properties {
        }

        /** Represents a LogsRequest. */
        class LogsRequest {

            /**
             * Constructs a new LogsRequest.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.LogsRequest.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Goes on with what is logged until the run ends. */
            follow: boolean;

            /** No lines below it: debug, info, warn, error; empty for all. */
            level: string;

            /** LogsRequest worker. */
            worker?: (number|null);

            /** LogsRequest rank. */
            rank?: (number|null);

            /** Milliseconds since 1970; 0 for all. */
            sinceMs: number;

            /**
             * Encodes the specified LogsRequest message. Does not implicitly {@link mlip.v1.LogsRequest.verify|verify} messages.
             * @param message LogsRequest message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.LogsRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a LogsRequest message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.LogsRequest & mlip.v1.LogsRequest.$Shape} LogsRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.LogsRequest & mlip.v1.LogsRequest.$Shape;
        }

        namespace LogsRequest {

            /** Properties of a LogsRequest. */
            interface $Properties {

                /** Goes on with what is logged until the run ends. */
                follow?: (boolean|null);

                /** No lines below it: debug, info, warn, error; empty for all. */
                level?: (string|null);

                /** LogsRequest worker */
                worker?: (number|null);

                /** LogsRequest rank */
                rank?: (number|null);

                /** Milliseconds since 1970; 0 for all. */
                sinceMs?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a LogsRequest. */
            type $Shape = mlip.v1.LogsRequest.$Properties;
        }

        /**
         * Properties of a LogsReply.
         * @deprecated Use mlip.v1.LogsReply.$Properties instead.
         */
        interface ILogsReply extends mlip.v1.LogsReply.$Properties {
        }

        /** Represents a LogsReply. */
        class LogsReply {

            /**
             * Constructs a new LogsReply.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.LogsReply.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** As in logs.jsonl. */
            lines: string[];

            /** The line of the first failure, once there is one, whether or not it is among those that were asked for. */
            firstFailure: string;

            /** In the last message, where the run has ended: a stream that ends without it is to be asked for again. */
            ended: boolean;

            /**
             * Encodes the specified LogsReply message. Does not implicitly {@link mlip.v1.LogsReply.verify|verify} messages.
             * @param message LogsReply message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.LogsReply.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a LogsReply message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.LogsReply & mlip.v1.LogsReply.$Shape} LogsReply
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.LogsReply & mlip.v1.LogsReply.$Shape;
        }

        namespace LogsReply {

            /** Properties of a LogsReply. */
            interface $Properties {

                /** As in logs.jsonl. */
                lines?: (string[]|null);

                /** The line of the first failure, once there is one, whether or not it is among those that were asked for. */
                firstFailure?: (string|null);

                /** In the last message, where the run has ended: a stream that ends without it is to be asked for again. */
                ended?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a LogsReply. */
            type $Shape = mlip.v1.LogsReply.$Properties;
        }

        /**
         * Properties of a TraceRequest.
         * @deprecated Use mlip.v1.TraceRequest.$Properties instead.
         */
        interface ITraceRequest extends mlip.v1.TraceRequest.$Properties {
        }

        /** Represents a TraceRequest. */
        class TraceRequest {

            /**
             * Constructs a new TraceRequest.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.TraceRequest.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** TraceRequest steps. */
            steps: number;

            /** What has come by then is the answer. */
            timeoutMs: number;

            /**
             * Encodes the specified TraceRequest message. Does not implicitly {@link mlip.v1.TraceRequest.verify|verify} messages.
             * @param message TraceRequest message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.TraceRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a TraceRequest message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.TraceRequest & mlip.v1.TraceRequest.$Shape} TraceRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.TraceRequest & mlip.v1.TraceRequest.$Shape;
        }

        namespace TraceRequest {

            /** Properties of a TraceRequest. */
            interface $Properties {

                /** TraceRequest steps */
                steps?: (number|null);

                /** What has come by then is the answer. */
                timeoutMs?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a TraceRequest. */
            type $Shape = mlip.v1.TraceRequest.$Properties;
        }

        /**
         * Properties of a TracePart.
         * @deprecated Use mlip.v1.TracePart.$Properties instead.
         */
        interface ITracePart extends mlip.v1.TracePart.$Properties {
        }

        /** A step of a rank, or of the coordinator; without spans where the rank has not told of it. */
        class TracePart {

            /**
             * Constructs a new TracePart.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.TracePart.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** TracePart timings. */
            timings?: (mlip.v1.StepTimings.$Properties|null);

            /** Absent for the coordinator. */
            worker?: (number|null);

            /** TracePart host. */
            host: string;

            /** TracePart pid. */
            pid: number;

            /** How far the worker's clock is ahead of the coordinator's, and how far off that may be; absent where it is not known. */
            clockAheadMs?: (number|null);

            /** TracePart clockErrorMs. */
            clockErrorMs: number;

            /** TracePart runId. */
            runId: string;

            /**
             * Encodes the specified TracePart message. Does not implicitly {@link mlip.v1.TracePart.verify|verify} messages.
             * @param message TracePart message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.TracePart.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a TracePart message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.TracePart & mlip.v1.TracePart.$Shape} TracePart
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.TracePart & mlip.v1.TracePart.$Shape;
        }

        namespace TracePart {

            /** Properties of a TracePart. */
            interface $Properties {

                /** TracePart timings */
                timings?: (mlip.v1.StepTimings.$Properties|null);

                /** Absent for the coordinator. */
                worker?: (number|null);

                /** TracePart host */
                host?: (string|null);

                /** TracePart pid */
                pid?: (number|null);

                /** How far the worker's clock is ahead of the coordinator's, and how far off that may be; absent where it is not known. */
                clockAheadMs?: (number|null);

                /** TracePart clockErrorMs */
                clockErrorMs?: (number|null);

                /** TracePart runId */
                runId?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a TracePart. */
            type $Shape = mlip.v1.TracePart.$Properties;
        }

        /**
         * Properties of an InspectRequest.
         * @deprecated Use mlip.v1.InspectRequest.$Properties instead.
         */
        interface IInspectRequest extends mlip.v1.InspectRequest.$Properties {
        }

        /** Represents an InspectRequest. */
        class InspectRequest {

            /**
             * Constructs a new InspectRequest.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.InspectRequest.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Who has not answered by then is left out. */
            timeoutMs: number;

            /**
             * Encodes the specified InspectRequest message. Does not implicitly {@link mlip.v1.InspectRequest.verify|verify} messages.
             * @param message InspectRequest message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.InspectRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an InspectRequest message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.InspectRequest & mlip.v1.InspectRequest.$Shape} InspectRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.InspectRequest & mlip.v1.InspectRequest.$Shape;
        }

        namespace InspectRequest {

            /** Properties of an InspectRequest. */
            interface $Properties {

                /** Who has not answered by then is left out. */
                timeoutMs?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an InspectRequest. */
            type $Shape = mlip.v1.InspectRequest.$Properties;
        }

        /**
         * Properties of a ProcessReport.
         * @deprecated Use mlip.v1.ProcessReport.$Properties instead.
         */
        interface IProcessReport extends mlip.v1.ProcessReport.$Properties {
        }

        /** What a process of the run does right now. */
        class ProcessReport {

            /**
             * Constructs a new ProcessReport.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.ProcessReport.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Absent for the coordinator. */
            worker?: (number|null);

            /** ProcessReport host. */
            host: string;

            /** A JSON object; empty where it has not answered. */
            report: string;

            /**
             * Encodes the specified ProcessReport message. Does not implicitly {@link mlip.v1.ProcessReport.verify|verify} messages.
             * @param message ProcessReport message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.ProcessReport.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ProcessReport message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.ProcessReport & mlip.v1.ProcessReport.$Shape} ProcessReport
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.ProcessReport & mlip.v1.ProcessReport.$Shape;
        }

        namespace ProcessReport {

            /** Properties of a ProcessReport. */
            interface $Properties {

                /** Absent for the coordinator. */
                worker?: (number|null);

                /** ProcessReport host */
                host?: (string|null);

                /** A JSON object; empty where it has not answered. */
                report?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ProcessReport. */
            type $Shape = mlip.v1.ProcessReport.$Properties;
        }
    }
}
