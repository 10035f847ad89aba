//! A sentence for everything that the system may refuse.
//!
//! Message queues are missing in some containers, names in `/dev/shm` are
//! forbidden in others, and every limit can be reached. A lesson goes on
//! without the mechanism, but the reader must learn why.

use std::error::Error;
use std::fmt;
use std::io;

use nix::errno::Errno;

/// Which call was refused, with what, why probably, and what to do next.
#[derive(Debug)]
pub(super) struct Refusal {
    call: &'static str,
    errno: Errno,
    reason: &'static str,
    next: &'static str,
}

impl Refusal {
    /// The reason for a table, without the advice.
    pub(super) fn short(&self) -> String {
        let Self {
            call,
            errno,
            reason,
            ..
        } = self;
        format!("{call}: {errno:?}, {reason}")
    }

    /// The short reason of an error that was made here, and otherwise its
    /// text.
    pub(super) fn short_of(error: &io::Error) -> String {
        let refusal = error.get_ref().and_then(|inner| inner.downcast_ref());
        refusal.map_or_else(|| error.to_string(), Self::short)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            call,
            errno,
            reason,
            next,
        } = self;
        write!(f, "система отказала в {call} ({errno:?}): {reason}; {next}")
    }
}

impl Error for Refusal {}

/// Puts the sentence of a refused call in the place of its error number.
pub(super) fn explain(
    call: &'static str,
) -> impl FnOnce(io::Error) -> io::Error {
    move |error| {
        // An error without a number has a sentence already.
        let Some(number) = error.raw_os_error() else {
            return error;
        };
        let errno = Errno::from_raw(number);
        let (reason, next) = reason(call, errno);
        let refusal = Refusal {
            call,
            errno,
            reason,
            next,
        };
        io::Error::new(error.kind(), refusal)
    }
}

/// The same for the calls of nix.
pub(super) fn explain_errno(
    call: &'static str,
) -> impl FnOnce(Errno) -> io::Error {
    move |errno| explain(call)(errno.into())
}

/// Why probably, in few words, and the next step.
fn reason(call: &str, errno: Errno) -> (&'static str, &'static str) {
    let queue = call == "mq_open";
    let named = matches!(call, "open" | "mkfifo" | "bind");
    match errno {
        Errno::EMFILE if queue => (
            "исчерпан предел очередей или дескрипторов",
            "пределы показывают ulimit -q и ulimit -n",
        ),
        Errno::EMFILE | Errno::ENFILE => (
            "кончились дескрипторы",
            "освободите ненужные (drop) или поднимите предел: ulimit -n",
        ),
        Errno::ENOSYS => (
            "в этой системе такого вызова нет",
            "так бывает в контейнерах; остальные способы работают без него",
        ),
        Errno::EINVAL if queue => (
            "очередь такого размера не разрешена",
            "пределы лежат в /proc/sys/fs/mqueue",
        ),
        Errno::ENOSPC if queue => (
            "в системе слишком много очередей",
            "предел лежит в /proc/sys/fs/mqueue/queues_max",
        ),
        Errno::ENOENT | Errno::ENOTDIR if named => (
            "нет каталога для временных файлов",
            "проверьте переменную TMPDIR",
        ),
        Errno::ENOENT if call == "shm_open" => (
            "нет /dev/shm",
            "контейнеру нужна эта файловая система (tmpfs)",
        ),
        Errno::EACCES | Errno::EPERM | Errno::EROFS => (
            "запрещено правами или контейнером",
            "спросите того, кто настроил систему; урок идёт дальше без него",
        ),
        Errno::ENOSPC | Errno::EDQUOT => {
            ("кончилось место", "освободите его: df -h /tmp /dev/shm")
        }
        Errno::EEXIST => (
            "такое имя уже занято",
            "повторите: следующее имя будет другим",
        ),
        Errno::ENOMEM => ("не хватает памяти", "завершите лишние программы"),
        Errno::EAGAIN => (
            "достигнут предел процессов или потоков",
            "пределы: ulimit -u и pids.max контейнера; завершите лишнее",
        ),
        Errno::EOPNOTSUPP => (
            "файловая система этого не умеет",
            "укажите в TMPDIR каталог на другом диске",
        ),
        Errno::ENAMETOOLONG => (
            "имя длиннее, чем помещается в адрес",
            "укажите в TMPDIR каталог с коротким именем",
        ),
        _ => ("причина необычная", "номер ошибки объяснит man errno"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentence_names_the_call_the_error_the_reason_and_the_next_step() {
        let error = explain_errno("mq_open")(Errno::ENOSYS);
        assert_eq!(error.kind(), io::ErrorKind::Unsupported);
        assert_eq!(
            error.to_string(),
            "система отказала в mq_open (ENOSYS): в этой системе такого \
             вызова нет; так бывает в контейнерах; остальные способы работают \
             без него"
        );
        assert_eq!(
            Refusal::short_of(&error),
            "mq_open: ENOSYS, в этой системе такого вызова нет"
        );
    }

    #[test]
    fn sentence_of_its_own_is_kept() {
        let error = io::Error::other("уже объяснено");
        let error = explain("fork")(error);
        assert_eq!(error.to_string(), "уже объяснено");
        assert_eq!(Refusal::short_of(&error), "уже объяснено");
    }
}
