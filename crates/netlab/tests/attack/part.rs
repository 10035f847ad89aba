//! Processes that play a part in an attack: this binary once more.
//!
//! A part obeys orders, one a line of its stdin, and answers each with a line.

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use netlab::nix::unistd::Pid;

use crate::{crowd, notebook};

/// The variable that tells a process of this binary which part it plays.
const ROLE: &str = "NETLAB_ATTACK_ROLE";

/// When no answer has come the process hangs. An order may be ten thousand
/// connections, one after another: seconds on an idle machine, and half a
/// minute on a busy one. Each of them has a shorter watchdog of its own, and a
/// process that has failed is known at once.
const WATCHDOG: Duration = Duration::from_secs(60);

/// What an answer begins with; the test harness prints lines of its own.
const ANSWER: &str = "answer: ";

/// A process that plays a part. Dropping it kills the process.
pub(crate) struct Part {
    process: Child,
    orders: ChildStdin,
    answers: Receiver<String>,
}

impl Part {
    /// Starts the process and waits until it obeys.
    pub(crate) fn start(role: &str) -> Self {
        let mut process = Command::new(env::current_exe().expect("own path"))
            .args(["--exact", "part::played", "--nocapture"])
            .arg("--test-threads=1")
            .env(ROLE, role)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("start a process");
        let orders = process.stdin.take().expect("stdin");
        let stdout = process.stdout.take().expect("stdout");
        let (answer, answers) = mpsc::channel();
        // A thread, so that waiting for an answer can have a limit. It ends
        // with the process.
        thread::spawn(move || {
            let lines = BufReader::new(stdout).lines().map_while(Result::ok);
            for line in lines {
                if let Some(text) = line.strip_prefix(ANSWER) {
                    let _ = answer.send(text.to_owned());
                }
            }
        });
        let mut part = Self {
            process,
            orders,
            answers,
        };
        part.answer();
        part
    }

    /// Gives an order and waits for the answer.
    #[track_caller]
    pub(crate) fn ask(&mut self, order: &str) -> String {
        self.order(order);
        self.answer()
    }

    /// Gives an order and does not wait.
    #[track_caller]
    pub(crate) fn order(&mut self, order: &str) {
        writeln!(self.orders, "{order}").expect("give an order");
    }

    #[track_caller]
    pub(crate) fn answer(&mut self) -> String {
        let answer = self.answers.recv_timeout(WATCHDOG);
        answer.expect("an answer of the process")
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_raw(self.process.id().cast_signed())
    }

    /// Ends the process with SIGKILL and reaps it.
    pub(crate) fn kill(&mut self) {
        self.process.kill().expect("kill");
        self.process.wait().expect("wait");
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The entry of a process with a part. In the suite itself there is none to
/// play.
#[test]
fn played() {
    match env::var(ROLE).as_deref() {
        Ok("notebook") => notebook::play(),
        Ok("crowd") => crowd::play(),
        _ => {}
    }
}

/// Obeys until there is nobody left to give orders.
pub(crate) fn obey(mut act: impl FnMut(&str) -> String) {
    tell("ready");
    for order in io::stdin().lines().map_while(Result::ok) {
        tell(&act(&order));
    }
}

fn tell(answer: &str) {
    // The harness may have left a line unfinished.
    println!("\n{ANSWER}{}", answer.replace('\n', " "));
    io::stdout().flush().expect("flush");
}
