//! Finds the threads of a guard and what they wait for.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;

use procfs::process::{Process, Syscall, Task};

use super::stuck::StuckThread;
use super::syscalls::{self, Waits};
use crate::sockets::{self, Socket};

/// Looks at every thread that bears the name of the guard.
///
/// A new thread inherits the name of the one that started it, and the standard
/// library changes it only if the thread was given a name. So the name in
/// `/proc/self/task/TID/comm` marks the family.
pub(super) fn observe(name: &str) -> Vec<StuckThread> {
    let own = sockets::own()
        .map(|table| table.sockets)
        .unwrap_or_default();
    tasks(name).iter().map(|task| look_at(task, &own)).collect()
}

/// Tells whether a thread of the guard still lives.
pub(super) fn lives(name: &str) -> bool {
    !tasks(name).is_empty()
}

fn tasks(name: &str) -> Vec<Task> {
    let Ok(tasks) = Process::myself().and_then(|process| process.tasks())
    else {
        return Vec::new();
    };
    let bears_name =
        |task: &Task| task.stat().is_ok_and(|stat| stat.comm == name);
    tasks.filter_map(Result::ok).filter(bears_name).collect()
}

fn look_at(task: &Task, own: &[Socket]) -> StuckThread {
    let state = task.stat().map_or('?', |stat| stat.state);
    let (number, arguments) = match task.syscall() {
        Ok(Syscall::Blocked {
            syscall_number,
            argument_registers,
            ..
        }) => (Some(syscall_number), argument_registers),
        // It computes, or has just been woken; or the file may not be read.
        _ => (None, [0; 6]),
    };
    let call = number.and_then(syscalls::find);
    let fd = call.and_then(|call| descriptor(call.waits, &arguments).ok());
    let what = match (fd, number) {
        (Some(fd), _) => describe(fd, own),
        (None, Some(_)) => {
            call.map_or_else(String::new, |call| call.meaning.to_owned())
        }
        (None, None) => wait_channel(task.tid),
    };
    let syscall = call.map_or("", |call| call.name);
    StuckThread {
        tid: task.tid,
        state,
        syscall,
        number,
        fd,
        what,
    }
}

/// The descriptor a call waits for.
fn descriptor(waits: Waits, arguments: &[u64; 6]) -> io::Result<i32> {
    match waits {
        // The kernel shows registers; a descriptor is the low half of one.
        Waits::ForDescriptor => Ok(arguments[0] as i32),
        Waits::ForPoll if arguments[1] > 0 => {
            // The argument is the address of a `struct pollfd`, whose first
            // member is the descriptor. `/proc/self/mem` is our own memory,
            // readable like a file: an address that has become stale gives an
            // error where a pointer would give undefined behaviour.
            let mut fd = [0; 4];
            File::open("/proc/self/mem")?
                .read_exact_at(&mut fd, arguments[0])?;
            Ok(i32::from_ne_bytes(fd))
        }
        Waits::ForPoll | Waits::Otherwise => {
            Err(io::ErrorKind::NotFound.into())
        }
    }
}

/// Names what is behind a descriptor.
fn describe(fd: i32, own: &[Socket]) -> String {
    if let Some(socket) = own.iter().find(|socket| socket.fd == fd) {
        let Socket {
            local,
            state,
            recv_q,
            send_q,
            ..
        } = socket;
        return match socket.remote {
            None => format!("слушающий сокет {local}, в очереди {recv_q}"),
            Some(remote) => format!(
                "сокет {local} ← {remote}, {state}, не прочитано {recv_q} Б, \
                 не доставлено {send_q} Б"
            ),
        };
    }
    match fs::read_link(format!("/proc/self/fd/{fd}")) {
        Ok(target) => format!("дескриптор {fd}: {}", target.display()),
        Err(_) => format!("дескриптор {fd}, уже закрытый"),
    }
}

/// The kernel function in which a thread sleeps, if `syscall` did not tell.
fn wait_channel(tid: i32) -> String {
    match fs::read_to_string(format!("/proc/self/task/{tid}/wchan")) {
        Ok(channel) if channel != "0" && !channel.is_empty() => {
            format!("ждёт в ядре системы: {channel}")
        }
        _ => "вычисляет, не ждёт ничего".to_owned(),
    }
}
