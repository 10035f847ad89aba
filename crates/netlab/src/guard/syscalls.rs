//! The system calls in which a thread may wait.

use nix::libc;

/// A system call that may block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call {
    pub(super) name: &'static str,
    pub(super) waits: Waits,
    /// What the wait means when no descriptor says it.
    pub(super) meaning: &'static str,
}

/// What the arguments of a call say about the wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Waits {
    /// The first argument is the descriptor.
    ForDescriptor,
    /// The first argument points to the descriptors, the second counts them.
    ForPoll,
    /// It waits for something else.
    Otherwise,
}

/// The name of a call that may block, by its number.
pub(crate) fn name(number: i64) -> Option<&'static str> {
    find(number).map(|call| call.name)
}

/// Looks a call up by its number, which differs between architectures.
pub(super) fn find(number: i64) -> Option<Call> {
    use Waits::{ForDescriptor, ForPoll, Otherwise};
    let call = |name, waits, meaning| {
        Some(Call {
            name,
            waits,
            meaning,
        })
    };
    match number {
        libc::SYS_read => call("read", ForDescriptor, ""),
        libc::SYS_write => call("write", ForDescriptor, ""),
        libc::SYS_readv => call("readv", ForDescriptor, ""),
        libc::SYS_writev => call("writev", ForDescriptor, ""),
        libc::SYS_accept => call("accept", ForDescriptor, ""),
        libc::SYS_accept4 => call("accept4", ForDescriptor, ""),
        libc::SYS_connect => call("connect", ForDescriptor, ""),
        libc::SYS_recvfrom => call("recvfrom", ForDescriptor, ""),
        libc::SYS_recvmsg => call("recvmsg", ForDescriptor, ""),
        libc::SYS_sendto => call("sendto", ForDescriptor, ""),
        libc::SYS_sendmsg => call("sendmsg", ForDescriptor, ""),
        libc::SYS_flock => call("flock", ForDescriptor, ""),
        libc::SYS_ppoll => {
            call("ppoll", ForPoll, "ждёт события на дескрипторах")
        }
        #[cfg(target_arch = "x86_64")]
        libc::SYS_poll => call("poll", ForPoll, "ждёт события на дескрипторах"),
        #[cfg(target_arch = "x86_64")]
        libc::SYS_epoll_wait => {
            call("epoll_wait", Otherwise, "ждёт события на дескрипторах")
        }
        libc::SYS_epoll_pwait => {
            call("epoll_pwait", Otherwise, "ждёт события на дескрипторах")
        }
        libc::SYS_futex => call(
            "futex",
            Otherwise,
            "мьютекс, Condvar, канал или другой поток",
        ),
        libc::SYS_nanosleep => call("nanosleep", Otherwise, "спит"),
        libc::SYS_clock_nanosleep => call("clock_nanosleep", Otherwise, "спит"),
        libc::SYS_wait4 => call("wait4", Otherwise, "ждёт потомка"),
        libc::SYS_waitid => call("waitid", Otherwise, "ждёт потомка"),
        _ => None,
    }
}
