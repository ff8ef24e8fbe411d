"""TorchFT's side of the `recovery` benchmark: a replica group of one process, over gloo, as in TorchFT's train_ddp.py.

    TORCHFT_LIGHTHOUSE=http://127.0.0.1:PORT python torchft_worker.py DIR WORKER
"""
import sys
from datetime import timedelta
from pathlib import Path

import torch.distributed as dist
from torchft import DistributedDataParallel, Manager, Optimizer, ProcessGroupGloo

from peer_model import make_batch, make_model, make_optimizer
from peer_record import Record, end_with_parent

TIMEOUT = timedelta(seconds=10)


def make_manager(worker, model, optimizer):
    """The state that a replica that is behind gets from another."""

    def load_state(state):
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])

    store = dist.TCPStore("127.0.0.1", 0, is_master=True, wait_for_workers=False)
    return store, Manager(
        pg=ProcessGroupGloo(timeout=TIMEOUT),
        load_state_dict=load_state,
        state_dict=lambda: {"model": model.state_dict(), "optimizer": optimizer.state_dict()},
        min_replica_size=1,
        timeout=TIMEOUT,
        connect_timeout=TIMEOUT,
        rank=0,
        world_size=1,
        store_addr="127.0.0.1",
        store_port=store.port,
        replica_id=f"worker_{worker}",
        hostname="127.0.0.1",
        heartbeat_interval=timedelta(milliseconds=100),
    )


def main(folder, worker):
    end_with_parent()
    record = Record(folder / "record.jsonl")
    model = make_model()
    optimizer = make_optimizer(model)
    store, manager = make_manager(worker, model, optimizer)
    distributed = DistributedDataParallel(manager, model)
    optimizer = Optimizer(manager, optimizer)
    number = 0
    while True:
        before = manager.current_step()
        optimizer.zero_grad()
        distributed(*make_batch(number, worker)).backward()
        optimizer.step()
        number += 1
        # No public property tells one membership from the next.
        place = manager.current_step(), manager._quorum_id, manager.num_participants()
        record.write("applied" if manager.current_step() > before else "discarded", *place)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
