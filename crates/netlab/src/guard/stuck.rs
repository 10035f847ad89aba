//! The report of a guard.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use crate::display;

/// How many threads are shown.
const ROWS: usize = 10;

/// What a guard found when its time was over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stuck {
    /// The limit that was given.
    pub limit: Duration,
    /// The threads of the family and what they waited for, at that moment.
    pub threads: Vec<StuckThread>,
    /// Whether all of them have ended after their sockets were shut down.
    pub released: bool,
    /// Why nothing was run at all, if so.
    not_run: Option<String>,
}

/// A thread that was not done in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StuckThread {
    /// The thread id, as in `/proc/self/task` and `ps -L`.
    pub tid: i32,
    /// The state as in `/proc/self/task/TID/stat`: `S` sleeps, `R` runs, …
    pub state: char,
    /// The name of the system call it was in; empty if it was in none, or in
    /// one that is not known here.
    pub syscall: &'static str,
    /// The number of that system call.
    pub number: Option<i64>,
    /// The descriptor it waited for.
    pub fd: Option<i32>,
    /// What it waited for, in words.
    pub what: String,
}

impl Stuck {
    pub(super) fn in_threads(
        limit: Duration,
        threads: Vec<StuckThread>,
        released: bool,
    ) -> Self {
        Self {
            limit,
            threads,
            released,
            not_run: None,
        }
    }

    pub(super) fn not_run(reason: &str) -> Self {
        let not_run = Some(reason.to_owned());
        Self {
            limit: Duration::ZERO,
            threads: Vec::new(),
            released: true,
            not_run,
        }
    }

    /// What the picture as a whole means, if it is one of the usual ones.
    fn meaning(&self) -> &'static str {
        // A thread that joins the others waits because they do.
        let waiting: Vec<&str> = self
            .threads
            .iter()
            .map(|thread| thread.syscall)
            .filter(|call| *call != "futex")
            .collect();
        let all = |calls: &[&str]| {
            !waiting.is_empty()
                && waiting.iter().all(|call| calls.contains(call))
        };
        let several = waiting.len() > 1;
        let reading = ["read", "readv", "recvfrom", "recvmsg"];
        let writing = ["write", "writev", "sendto", "sendmsg"];
        if all(&reading) && several {
            "все ждут чтения, и никто не пишет: взаимная блокировка (deadlock)"
        } else if all(&writing) && several {
            "все пишут, и никто не читает: буферы полны, взаимная блокировка \
             (deadlock)"
        } else if all(&reading) {
            "данных нет, и соединение не закрыто"
        } else if all(&writing) {
            "другая сторона не читает, буферы полны"
        } else if all(&["accept", "accept4"]) {
            "никто не подключается"
        } else if waiting.is_empty() && !self.threads.is_empty() {
            "потоки ждут друг друга: мьютекса, канала или конца потока"
        } else {
            ""
        }
    }

    /// How it ended.
    fn end(&self) -> &'static str {
        let by_shutdown = self.threads.iter().any(|thread| thread.fd.is_some());
        match (self.released, by_shutdown) {
            (true, true) => {
                "guard закрыл сокеты (shutdown), потоки завершились"
            }
            (true, false) => "потоки завершились сами, но с опозданием",
            (false, _) => {
                "не все потоки удалось освободить: они останутся, пока жив \
                 их процесс"
            }
        }
    }

    /// Shows the report under a notebook cell; the kernel calls it.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// netlab::guard(Duration::ZERO, || ()).unwrap_err().evcxr_display();
    /// ```
    pub fn evcxr_display(&self) {
        let text = self.to_string();
        display::blocks(Some(&display::preformatted(&text)), &text);
    }
}

impl fmt::Display for StuckThread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "поток {}", self.tid)?;
        match (self.syscall, self.number) {
            ("", Some(number)) => {
                write!(f, " ждёт в системном вызове номер {number}")?
            }
            ("", None) => {}
            (name, _) => write!(f, " ждёт в {name}(2)")?,
        }
        match self.what.as_str() {
            "" => Ok(()),
            what => write!(f, ": {what}"),
        }
    }
}

impl fmt::Display for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(reason) = &self.not_run {
            return write!(f, "ничего не запущено: {reason}");
        }
        let limit = display::seconds(self.limit);
        let mut lines = vec![format!("не закончилось за {limit}:")];
        let threads = self.threads.iter().take(ROWS);
        lines.extend(threads.map(|thread| format!("  {thread}")));
        if let more @ 1.. = self.threads.len().saturating_sub(ROWS) {
            lines.push(format!("  … ещё {more}"));
        }
        lines.push(self.meaning().to_owned());
        lines.push(self.end().to_owned());
        display::write_lines(f, lines)
    }
}

impl Error for Stuck {}
