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

            /** WorkerMessage kind. */
            kind?: ("join"|"ready"|"heartbeat"|"commit"|"saved"|"failed");

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

                /** WorkerMessage kind */
                kind?: ("join"|"ready"|"heartbeat"|"commit"|"saved"|"failed");

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
              $unknowns?: Uint8Array[];
            } & (
              ({ kind?: undefined; join?: null; ready?: null; heartbeat?: null; commit?: null; saved?: null; failed?: null }|{ kind?: "join"; join: mlip.v1.Join.$Shape; ready?: null; heartbeat?: null; commit?: null; saved?: null; failed?: null }|{ kind?: "ready"; join?: null; ready: mlip.v1.Ready.$Shape; heartbeat?: null; commit?: null; saved?: null; failed?: null }|{ kind?: "heartbeat"; join?: null; ready?: null; heartbeat: mlip.v1.Heartbeat.$Shape; commit?: null; saved?: null; failed?: null }|{ kind?: "commit"; join?: null; ready?: null; heartbeat?: null; commit: mlip.v1.Commit.$Shape; saved?: null; failed?: null }|{ kind?: "saved"; join?: null; ready?: null; heartbeat?: null; commit?: null; saved: mlip.v1.Saved.$Shape; failed?: null }|{ kind?: "failed"; join?: null; ready?: null; heartbeat?: null; commit?: null; saved?: null; failed: mlip.v1.Failed.$Shape })
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

            /** CoordinatorMessage accepted. */
            accepted?: (mlip.v1.Accepted.$Properties|null);

            /** CoordinatorMessage welcome. */
            welcome?: (mlip.v1.Welcome.$Properties|null);

            /** CoordinatorMessage start. */
            start?: (mlip.v1.Start.$Properties|null);

            /** CoordinatorMessage directive. */
            directive?: (mlip.v1.Directive.$Properties|null);

            /** CoordinatorMessage abort. */
            abort?: (mlip.v1.Abort.$Properties|null);

            /** CoordinatorMessage finish. */
            finish?: (mlip.v1.Finish.$Properties|null);

            /** CoordinatorMessage kind. */
            kind?: ("accepted"|"welcome"|"start"|"directive"|"abort"|"finish");

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

                /** CoordinatorMessage accepted */
                accepted?: (mlip.v1.Accepted.$Properties|null);

                /** CoordinatorMessage welcome */
                welcome?: (mlip.v1.Welcome.$Properties|null);

                /** CoordinatorMessage start */
                start?: (mlip.v1.Start.$Properties|null);

                /** CoordinatorMessage directive */
                directive?: (mlip.v1.Directive.$Properties|null);

                /** CoordinatorMessage abort */
                abort?: (mlip.v1.Abort.$Properties|null);

                /** CoordinatorMessage finish */
                finish?: (mlip.v1.Finish.$Properties|null);

                /** CoordinatorMessage kind */
                kind?: ("accepted"|"welcome"|"start"|"directive"|"abort"|"finish");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a CoordinatorMessage. */
            type $Shape = {
              accepted?: mlip.v1.Accepted.$Shape|null;
              welcome?: mlip.v1.Welcome.$Shape|null;
              start?: mlip.v1.Start.$Shape|null;
              directive?: mlip.v1.Directive.$Shape|null;
              abort?: mlip.v1.Abort.$Shape|null;
              finish?: mlip.v1.Finish.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ kind?: undefined; accepted?: null; welcome?: null; start?: null; directive?: null; abort?: null; finish?: null }|{ kind?: "accepted"; accepted: mlip.v1.Accepted.$Shape; welcome?: null; start?: null; directive?: null; abort?: null; finish?: null }|{ kind?: "welcome"; accepted?: null; welcome: mlip.v1.Welcome.$Shape; start?: null; directive?: null; abort?: null; finish?: null }|{ kind?: "start"; accepted?: null; welcome?: null; start: mlip.v1.Start.$Shape; directive?: null; abort?: null; finish?: null }|{ kind?: "directive"; accepted?: null; welcome?: null; start?: null; directive: mlip.v1.Directive.$Shape; abort?: null; finish?: null }|{ kind?: "abort"; accepted?: null; welcome?: null; start?: null; directive?: null; abort: mlip.v1.Abort.$Shape; finish?: null }|{ kind?: "finish"; accepted?: null; welcome?: null; start?: null; directive?: null; abort?: null; finish: mlip.v1.Finish.$Shape })
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

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Join. */
            type $Shape = mlip.v1.Join.$Properties;
        }

        /**
         * Properties of an Accepted.
         * @deprecated Use mlip.v1.Accepted.$Properties instead.
         */
        interface IAccepted extends mlip.v1.Accepted.$Properties {
        }

        /** Sent at once: the rank is taken, the others may still be missing. */
        class Accepted {

            /**
             * Constructs a new Accepted.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Accepted.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Accepted rank. */
            rank: number;

            /** Accepted world. */
            world: number;

            /** Accepted heartbeatMs. */
            heartbeatMs: number;

            /**
             * Encodes the specified Accepted message. Does not implicitly {@link mlip.v1.Accepted.verify|verify} messages.
             * @param message Accepted message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.Accepted.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Accepted message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.Accepted & mlip.v1.Accepted.$Shape} Accepted
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.Accepted & mlip.v1.Accepted.$Shape;
        }

        namespace Accepted {

            /** Properties of an Accepted. */
            interface $Properties {

                /** Accepted rank */
                rank?: (number|null);

                /** Accepted world */
                world?: (number|null);

                /** Accepted heartbeatMs */
                heartbeatMs?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Accepted. */
            type $Shape = mlip.v1.Accepted.$Properties;
        }

        /**
         * Properties of a Welcome.
         * @deprecated Use mlip.v1.Welcome.$Properties instead.
         */
        interface IWelcome extends mlip.v1.Welcome.$Properties {
        }

        /** Sent when all have joined. */
        class Welcome {

            /**
             * Constructs a new Welcome.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Welcome.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Welcome runId. */
            runId: string;

            /** Welcome generation. */
            generation: number;

            /** The resolved configuration as JSON. */
            config: string;

            /** Output directory, absolute. */
            out: string;

            /** In order of rank, the receiver included. */
            peers: mlip.v1.Peer.$Properties[];

            /** Absent where the run starts from the beginning. */
            resume?: (mlip.v1.Resume.$Properties|null);

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

                /** Welcome runId */
                runId?: (string|null);

                /** Welcome generation */
                generation?: (number|null);

                /** The resolved configuration as JSON. */
                config?: (string|null);

                /** Output directory, absolute. */
                out?: (string|null);

                /** In order of rank, the receiver included. */
                peers?: (mlip.v1.Peer.$Properties[]|null);

                /** Absent where the run starts from the beginning. */
                resume?: (mlip.v1.Resume.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Welcome. */
            type $Shape = mlip.v1.Welcome.$Properties;
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
         * Properties of a Resume.
         * @deprecated Use mlip.v1.Resume.$Properties instead.
         */
        interface IResume extends mlip.v1.Resume.$Properties {
        }

        /** Represents a Resume. */
        class Resume {

            /**
             * Constructs a new Resume.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Resume.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Resume step. */
            step: number;

            /** Resume checkpoint. */
            checkpoint: string;

            /**
             * Encodes the specified Resume message. Does not implicitly {@link mlip.v1.Resume.verify|verify} messages.
             * @param message Resume message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.Resume.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Resume message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.Resume & mlip.v1.Resume.$Shape} Resume
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.Resume & mlip.v1.Resume.$Shape;
        }

        namespace Resume {

            /** Properties of a Resume. */
            interface $Properties {

                /** Resume step */
                step?: (number|null);

                /** Resume checkpoint */
                checkpoint?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Resume. */
            type $Shape = mlip.v1.Resume.$Properties;
        }

        /**
         * Properties of a Ready.
         * @deprecated Use mlip.v1.Ready.$Properties instead.
         */
        interface IReady extends mlip.v1.Ready.$Properties {
        }

        /** Data and parameters are loaded. All ranks must say the same. */
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

            /** Ready parametersHash. */
            parametersHash: string;

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

                /** Ready parametersHash */
                parametersHash?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Ready. */
            type $Shape = mlip.v1.Ready.$Properties;
        }

        /**
         * Properties of a Start.
         * @deprecated Use mlip.v1.Start.$Properties instead.
         */
        interface IStart extends mlip.v1.Start.$Properties {
        }

        /** Represents a Start. */
        class Start {

            /**
             * Constructs a new Start.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Start.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Start startStep. */
            startStep: number;

            /** Steps of the whole run; training ends when so many are applied. */
            steps: number;

            /**
             * Encodes the specified Start message. Does not implicitly {@link mlip.v1.Start.verify|verify} messages.
             * @param message Start message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.Start.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Start message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.Start & mlip.v1.Start.$Shape} Start
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.Start & mlip.v1.Start.$Shape;
        }

        namespace Start {

            /** Properties of a Start. */
            interface $Properties {

                /** Start startStep */
                startStep?: (number|null);

                /** Steps of the whole run; training ends when so many are applied. */
                steps?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Start. */
            type $Shape = mlip.v1.Start.$Properties;
        }

        /**
         * Properties of a Heartbeat.
         * @deprecated Use mlip.v1.Heartbeat.$Properties instead.
         */
        interface IHeartbeat extends mlip.v1.Heartbeat.$Properties {
        }

        /** Represents a Heartbeat. */
        class Heartbeat {

            /**
             * Constructs a new Heartbeat.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Heartbeat.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

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

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Heartbeat. */
            type $Shape = mlip.v1.Heartbeat.$Properties;
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

        /** Represents a StepReport. */
        class StepReport {

            /**
             * Constructs a new StepReport.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.StepReport.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Values of the global batch, the same on every rank, by name: loss, loss_global, ... */
            whole: { [k: string]: number };

            /** This rank's share of values that add up over ranks, by name. */
            share: { [k: string]: number };

            /** StepReport learningRate. */
            learningRate: number;

            /** StepReport gradNorm. */
            gradNorm: number;

            /** Seconds of this step in which the rank waited for data, and for other ranks. */
            dataWaitSeconds: number;

            /** StepReport commWaitSeconds. */
            commWaitSeconds: number;

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

                /** Values of the global batch, the same on every rank, by name: loss, loss_global, ... */
                whole?: ({ [k: string]: number }|null);

                /** This rank's share of values that add up over ranks, by name. */
                share?: ({ [k: string]: number }|null);

                /** StepReport learningRate */
                learningRate?: (number|null);

                /** StepReport gradNorm */
                gradNorm?: (number|null);

                /** Seconds of this step in which the rank waited for data, and for other ranks. */
                dataWaitSeconds?: (number|null);

                /** StepReport commWaitSeconds */
                commWaitSeconds?: (number|null);

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

        /** Answer to Commit, when all ranks have committed. */
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

            /** The receiver writes a checkpoint of its state now. */
            save: boolean;

            /** No further step; Finish follows. */
            stop: boolean;

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

                /** The receiver writes a checkpoint of its state now. */
                save?: (boolean|null);

                /** No further step; Finish follows. */
                stop?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Directive. */
            type $Shape = mlip.v1.Directive.$Properties;
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

            /** The failure may be the consequence of another rank's: a peer was lost. */
            secondary: boolean;

            /** Parameters and optimiser state are those of a whole number of steps: they can be saved. */
            stateIntact: boolean;

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

                /** The failure may be the consequence of another rank's: a peer was lost. */
                secondary?: (boolean|null);

                /** Parameters and optimiser state are those of a whole number of steps: they can be saved. */
                stateIntact?: (boolean|null);

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

        /** The run is over; the worker closes the stream. */
        class Finish {

            /**
             * Constructs a new Finish.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.Finish.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

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

            /** RunEvent kind. */
            kind?: ("joined"|"started"|"step"|"saved"|"notice"|"failed"|"finished");

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

                /** RunEvent kind */
                kind?: ("joined"|"started"|"step"|"saved"|"notice"|"failed"|"finished");

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
              $unknowns?: Uint8Array[];
            } & (
              ({ kind?: undefined; joined?: null; started?: null; step?: null; saved?: null; notice?: null; failed?: null; finished?: null }|{ kind?: "joined"; joined: mlip.v1.RunJoined.$Shape; started?: null; step?: null; saved?: null; notice?: null; failed?: null; finished?: null }|{ kind?: "started"; joined?: null; started: mlip.v1.RunStarted.$Shape; step?: null; saved?: null; notice?: null; failed?: null; finished?: null }|{ kind?: "step"; joined?: null; started?: null; step: mlip.v1.RunStep.$Shape; saved?: null; notice?: null; failed?: null; finished?: null }|{ kind?: "saved"; joined?: null; started?: null; step?: null; saved: mlip.v1.RunSaved.$Shape; notice?: null; failed?: null; finished?: null }|{ kind?: "notice"; joined?: null; started?: null; step?: null; saved?: null; notice: mlip.v1.RunNotice.$Shape; failed?: null; finished?: null }|{ kind?: "failed"; joined?: null; started?: null; step?: null; saved?: null; notice?: null; failed: mlip.v1.RunFailed.$Shape; finished?: null }|{ kind?: "finished"; joined?: null; started?: null; step?: null; saved?: null; notice?: null; failed?: null; finished: mlip.v1.RunFinished.$Shape })
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

            /** RunJoined rank. */
            rank: number;

            /** RunJoined world. */
            world: number;

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

                /** RunJoined rank */
                rank?: (number|null);

                /** RunJoined world */
                world?: (number|null);

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
         * Properties of a RunStarted.
         * @deprecated Use mlip.v1.RunStarted.$Properties instead.
         */
        interface IRunStarted extends mlip.v1.RunStarted.$Properties {
        }

        /** Represents a RunStarted. */
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

            /** The rank that is to blame; absent where none is. */
            rank?: (number|null);

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

                /** The rank that is to blame; absent where none is. */
                rank?: (number|null);

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

            /** RunStatus world. */
            world: number;

            /** Steps applied by all ranks, of `steps`; 0 of 0 before the start. */
            step: number;

            /** RunStatus steps. */
            steps: number;

            /** RunStatus workers. */
            workers: mlip.v1.WorkerStatus.$Properties[];

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

                /** RunStatus world */
                world?: (number|null);

                /** Steps applied by all ranks, of `steps`; 0 of 0 before the start. */
                step?: (number|null);

                /** RunStatus steps */
                steps?: (number|null);

                /** RunStatus workers */
                workers?: (mlip.v1.WorkerStatus.$Properties[]|null);

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

            /** WorkerStatus rank. */
            rank: number;

            /** WorkerStatus host. */
            host: string;

            /** WorkerStatus pid. */
            pid: number;

            /** WorkerStatus device. */
            device: string;

            /** Since its last message. */
            silentSeconds: number;

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

                /** WorkerStatus rank */
                rank?: (number|null);

                /** WorkerStatus host */
                host?: (string|null);

                /** WorkerStatus pid */
                pid?: (number|null);

                /** WorkerStatus device */
                device?: (string|null);

                /** Since its last message. */
                silentSeconds?: (number|null);

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
         * Properties of a StopReply.
         * @deprecated Use mlip.v1.StopReply.$Properties instead.
         */
        interface IStopReply extends mlip.v1.StopReply.$Properties {
        }

        /** Represents a StopReply. */
        class StopReply {

            /**
             * Constructs a new StopReply.
             * @param [properties] Properties to set
             */
            constructor(properties?: mlip.v1.StopReply.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /**
             * Encodes the specified StopReply message. Does not implicitly {@link mlip.v1.StopReply.verify|verify} messages.
             * @param message StopReply message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mlip.v1.StopReply.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a StopReply message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mlip.v1.StopReply & mlip.v1.StopReply.$Shape} StopReply
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mlip.v1.StopReply & mlip.v1.StopReply.$Shape;
        }

        namespace StopReply {

            /** Properties of a StopReply. */
            interface $Properties {

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a StopReply. */
            type $Shape = mlip.v1.StopReply.$Properties;
        }
    }
}
