"""torchrun's side of the `recovery` benchmark: DistributedDataParallel over gloo, with a checkpoint after each step.

    TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1 torchrun --standalone --nproc-per-node=2 --max-restarts=3 torchrun_worker.py DIR

After a lost worker torchrun starts both anew, and they go on from the checkpoint.
"""
import os
import sys
from pathlib import Path

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

from peer_model import make_batch, make_model, make_optimizer
from peer_record import Record, end_with_parent


def save(path, model, optimizer, step):
    """Beside, then renamed: a checkpoint is whole or the one before."""
    beside = path.with_suffix(".partial")
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step}, beside)
    os.replace(beside, path)


def restore(path, model, optimizer):
    """Steps applied so far."""
    if not path.exists():
        return 0
    state = torch.load(path)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    return state["step"]


def main(folder):
    end_with_parent()
    dist.init_process_group("gloo")
    rank, world = dist.get_rank(), dist.get_world_size()
    generation = int(os.environ["TORCHELASTIC_RESTART_COUNT"])
    checkpoint, record = folder / "checkpoint.pt", Record(folder / "record.jsonl")
    model = make_model()
    optimizer = make_optimizer(model)
    step = restore(checkpoint, model, optimizer)
    distributed = DistributedDataParallel(model)
    while True:
        optimizer.zero_grad()
        distributed(*make_batch(step, rank)).backward()
        optimizer.step()
        step += 1
        record.write("applied", step, generation, world)
        if rank == 0:
            save(checkpoint, model, optimizer, step)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
