//! The notebook: a process of its own that holds the handle of a server.
//!
//! So its figures are those of the server and of nobody else, and it can be
//! killed.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use netlab::nix::sys::resource::{Resource, getrlimit, setrlimit};
use netlab::nix::unistd::{Pid, Uid, setuid};
use netlab::server::{self, Limits};

use crate::figures::{Figures, family};
use crate::models::MODELS;
use crate::part::{Part, obey};

/// A notebook, seen from outside.
pub(crate) struct Notebook {
    part: Part,
    model: &'static str,
    limits: Limits,
    addr: SocketAddr,
}

impl Notebook {
    /// Starts a notebook; it has no server yet.
    pub(crate) fn open(model: &'static str, limits: Limits) -> Self {
        let part = Part::start("notebook");
        let addr = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            part,
            model,
            limits,
            addr,
        }
    }

    /// Runs the cell that starts the server: again on the same port, if it has
    /// been run before.
    #[track_caller]
    pub(crate) fn serve(&mut self) {
        let order = self.order();
        let answer = self.part.ask(&order);
        self.addr = answer.parse().unwrap_or_else(|_| panic!("{answer}"));
    }

    /// Begins to start and stop servers, so many times.
    pub(crate) fn begin_to_serve_and_stop(&mut self, times: usize) {
        let order = self.order();
        for _ in 0..times {
            self.part.order(&order);
            self.part.order("stop");
        }
    }

    fn order(&self) -> String {
        let milliseconds = |limit: Option<Duration>| {
            limit.expect("attacks have timeouts").as_millis()
        };
        format!(
            "serve {} {} {} {} {}",
            self.model,
            self.addr,
            self.limits.max_clients,
            milliseconds(self.limits.read_timeout),
            milliseconds(self.limits.write_timeout),
        )
    }

    pub(crate) fn model(&self) -> &'static str {
        self.model
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    pub(crate) fn pid(&self) -> Pid {
        self.part.pid()
    }

    /// The process that calls `accept`: a child of the notebook, or itself.
    pub(crate) fn accepting(&self) -> Pid {
        let family = family(self.pid());
        // Without clients nobody else is there.
        family.last().map_or(self.pid(), |p| Pid::from_raw(p.pid))
    }

    pub(crate) fn figures(&self) -> Figures {
        Figures::of(self.pid())
    }

    /// Calls `stop`; returns how long it took.
    #[track_caller]
    pub(crate) fn stop(&mut self) -> Duration {
        let start = Instant::now();
        assert_eq!(self.part.ask("stop"), "done");
        start.elapsed()
    }

    /// Drops the handle.
    #[track_caller]
    pub(crate) fn let_go(&mut self) {
        assert_eq!(self.part.ask("drop"), "done");
    }

    /// Becomes a user whom nobody else is, and who may have so many threads
    /// and processes in all. There must be no server.
    #[track_caller]
    pub(crate) fn become_another_user(&mut self, threads: u64) {
        assert_eq!(self.part.ask(&format!("setuid {threads}")), "done");
    }

    /// Waits until the server has ended by itself; tells whether it has.
    #[track_caller]
    pub(crate) fn join(&mut self, limit: Duration) -> bool {
        self.part.ask(&format!("join {}", limit.as_millis())) == "true"
    }

    #[track_caller]
    pub(crate) fn is_running(&mut self) -> bool {
        self.part.ask("running") == "true"
    }

    #[track_caller]
    pub(crate) fn clients(&mut self) -> usize {
        self.part.ask("clients").parse().expect("a number")
    }

    /// Counts the events whose description has this text in it.
    #[track_caller]
    pub(crate) fn count(&mut self, text: &str) -> usize {
        self.part
            .ask(&format!("count {text}"))
            .parse()
            .expect("a number")
    }

    /// The log as the handle shows it.
    #[track_caller]
    pub(crate) fn log(&mut self) -> String {
        self.part.ask("log")
    }

    /// Ends the notebook with SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.part.kill();
    }
}

/// The notebook itself.
pub(crate) fn play() {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).expect("getrlimit");
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).expect("setrlimit");
    let mut server = None;
    obey(|order| {
        let (word, rest) = order.split_once(' ').unwrap_or((order, ""));
        let number = || Duration::from_millis(rest.parse().expect("a number"));
        let done = "done".to_owned();
        match (word, &mut server) {
            ("serve", server) => {
                // As in a cell that is run again: the new value is there
                // before the old one is dropped.
                let new = serve(rest);
                let addr = new.addr().to_string();
                *server = Some(new);
                addr
            }
            ("drop", server) => {
                drop(server.take());
                done
            }
            ("setuid", None) => {
                let nobody = 1_000_000 + std::process::id();
                setuid(Uid::from_raw(nobody)).expect("setuid");
                let limit = rest.parse().expect("a number");
                setrlimit(Resource::RLIMIT_NPROC, limit, limit)
                    .expect("setrlimit");
                done
            }
            (_, None) => "there is no server".to_owned(),
            ("stop", Some(server)) => {
                server.stop().expect("stop");
                done
            }
            ("join", Some(server)) => {
                server.join_timeout(number()).expect("join").to_string()
            }
            ("running", Some(server)) => server.is_running().to_string(),
            ("clients", Some(server)) => server.clients().len().to_string(),
            ("count", Some(server)) => {
                let log = server.log();
                let events = log.events().iter();
                let has = |text: String| text.contains(rest);
                events
                    .filter(|e| has(e.kind.to_string()))
                    .count()
                    .to_string()
            }
            ("log", Some(server)) => server.log().to_string(),
            _ => panic!("no such order: {order}"),
        }
    });
}

fn serve(order: &str) -> netlab::ServerHandle {
    let words: Vec<&str> = order.split(' ').collect();
    let [model, addr, clients, read, write] = words[..] else {
        panic!("five words, not {order}");
    };
    let number = |word: &str| word.parse::<u64>().expect("a number");
    let limits = Limits {
        max_clients: number(clients) as usize,
        read_timeout: Some(Duration::from_millis(number(read))),
        write_timeout: Some(Duration::from_millis(number(write))),
    };
    let models = MODELS.iter().find(|(name, _)| *name == model);
    let (_, serve) = models.expect("a model");
    let listener = server::bind(addr).expect("bind");
    serve(listener, limits).expect("serve")
}
