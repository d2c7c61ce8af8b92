"""Stops a child at its system calls, as a debugger does, to fail a call that *was* carried out.

`strace -e inject=...:error=` keeps the kernel from carrying a call out: the fault *failed and not
stored*. It has no way to let the call happen and then report a failure, nor to kill a process just
after a call (a signal is delivered before it). This tracer does both: *failed but stored*. It also
remembers what was written and synced, for the model of a power cut. Linux on x86-64 alone.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.faults.rig import Victim

if TYPE_CHECKING:
    from collections.abc import Callable

#: The calls through which a file changes or is made durable.
CALLS = {1: "write", 18: "pwrite64", 74: "fsync", 75: "fdatasync", 77: "ftruncate", 82: "rename"}

_ATTACH_SEIZE, _INTERRUPT, _SYSCALL, _GETREGS, _SETREGS = 0x4206, 0x4207, 24, 12, 13
_GOOD, _EXITKILL = 0x1, 0x100000
_STOPPED_AT_CALL = signal.SIGTRAP | 0x80


class _Registers(ctypes.Structure):
    """`struct user_regs_struct` of x86-64."""

    _fields_ = [(name, ctypes.c_ulonglong) for name in (
        "r15", "r14", "r13", "r12", "rbp", "rbx", "r11", "r10", "r9", "r8", "rax", "rcx", "rdx",
        "rsi", "rdi", "orig_rax", "rip", "cs", "eflags", "rsp", "ss", "fs_base", "gs_base", "ds",
        "es", "fs", "gs",
    )]  # fmt: skip


class Call(NamedTuple):
    """A call that was carried out, on which file, and for a write what and where."""

    name: str
    path: str
    offset: int = 0
    data: bytes = b""


def why_not() -> str | None:
    """Why the tracer cannot be used here."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return f"the tracer knows Linux on x86-64, not {sys.platform} on {platform.machine()}"
    victim = Victim(lambda say: say("alive"))
    try:
        _ptrace(_ATTACH_SEIZE, victim.pid, 0, _GOOD | _EXITKILL)
    except OSError as error:
        return f"ptrace is not permitted here: {error.strerror}"
    finally:
        victim.kill()
        victim.end()
    return None


def traced(
    work: Callable[[Callable[[str], None]], object],
    *,
    fail: tuple[str, int] | None = None,
    error: int | None = None,
    keep: bool = False,
) -> tuple[int, list[str], list[Call]]:
    """Run a victim to its end; its exit code, what it said, and the calls it made.

    `fail` names a call and its number from 1: that one is carried out and then answers `error`, or
    with no error the process is killed right after it. With `keep` the data of writes is kept.
    """
    victim = Victim(work)
    _ptrace(_ATTACH_SEIZE, victim.pid, 0, _GOOD | _EXITKILL)
    _ptrace(_INTERRUPT, victim.pid, 0, 0)
    os.waitpid(victim.pid, 0)
    victim.go()
    calls, counted, inside, deliver = list[Call](), dict[str, int](), False, 0
    registers = _Registers()
    while True:
        with suppress(ProcessLookupError):  # it was killed; its end is waited for all the same
            _ptrace(_SYSCALL, victim.pid, 0, deliver)
        _, status = os.waitpid(victim.pid, 0)
        if not os.WIFSTOPPED(status):
            break
        deliver = 0
        stopped = os.WSTOPSIG(status)
        if stopped != _STOPPED_AT_CALL:
            deliver = 0 if stopped == signal.SIGTRAP else stopped
            continue
        inside = not inside
        if inside:
            continue
        _ptrace(_GETREGS, victim.pid, 0, ctypes.addressof(registers))
        name = CALLS.get(registers.orig_rax)
        if name is None or ctypes.c_longlong(registers.rax).value < 0:
            continue
        counted[name] = counted.get(name, 0) + 1
        calls.append(_call(victim.pid, name, registers, keep=keep))
        if fail == (name, counted[name]):
            if error is None:
                victim.kill()
                continue
            registers.rax = ctypes.c_ulonglong(-error).value
            _ptrace(_SETREGS, victim.pid, 0, ctypes.addressof(registers))
    while victim.heard():
        pass
    victim.close()
    return os.waitstatus_to_exitcode(status), victim.said, calls


def _call(pid: int, name: str, registers: _Registers, *, keep: bool) -> Call:
    if name == "rename":
        return Call(name, "")
    try:
        path = str(Path(f"/proc/{pid}/fd/{registers.rdi}").readlink())
    except OSError:
        path = ""
    if not keep or not path.startswith("/"):
        return Call(name, path)
    if name == "ftruncate":
        return Call(name, path, registers.rsi)
    if name != "pwrite64":
        return Call(name, path)
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        memory.seek(registers.rsi)
        data = memory.read(registers.rdx)
    return Call(name, path, registers.r10, data)


_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_libc.ptrace.restype = ctypes.c_long


def _ptrace(request: int, pid: int, address: int, data: int) -> None:
    if _libc.ptrace(request, pid, address, data) == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
