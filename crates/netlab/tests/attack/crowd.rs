//! Many clients in a process of their own: it has its own limit of
//! descriptors, and it can be killed.
//!
//! Whoever leaves waits until the server has closed, and then resets: ten
//! thousand connections in TIME_WAIT would fill the socket table for a minute,
//! and everybody who reads it meanwhile would be slow.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;

use netlab::nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::client::{exchange, reset, rest, try_connect};
use crate::part::{Part, obey};

/// Clients that wait for their first answer at a time: fewer than the 128 that
/// the accept queue holds. A client beyond them would wait for a second until
/// its SYN is repeated.
const AT_A_TIME: usize = 64;

/// A crowd of clients, seen from outside.
pub(crate) struct Crowd(Part);

impl Crowd {
    pub(crate) fn gather() -> Self {
        Self(Part::start("crowd"))
    }

    /// Connects `count` clients who stay; each is answered once. Returns how
    /// many were.
    #[track_caller]
    pub(crate) fn connect(&mut self, addr: SocketAddr, count: usize) -> usize {
        let answer = self.0.ask(&format!("connect {addr} {count}"));
        answer.parse().unwrap_or_else(|_| panic!("{answer}"))
    }

    /// Lets `count` clients come, be answered and leave, one after another.
    #[track_caller]
    pub(crate) fn pass(&mut self, addr: SocketAddr, count: usize) -> usize {
        let answer = self.0.ask(&format!("pass {addr} {count}"));
        answer.parse().unwrap_or_else(|_| panic!("{answer}"))
    }

    /// All who are connected say something and are answered.
    #[track_caller]
    pub(crate) fn talk(&mut self) {
        assert_eq!(self.0.ask("talk"), "done");
    }

    /// All who are connected say `quit` and leave.
    #[track_caller]
    pub(crate) fn leave(&mut self) {
        assert_eq!(self.0.ask("leave"), "done");
    }

    /// All who are connected break the connection off.
    #[track_caller]
    pub(crate) fn break_off(&mut self) {
        assert_eq!(self.0.ask("break off"), "done");
    }

    /// Connects clients who talk without a pause, until they are killed.
    pub(crate) fn hammer(&mut self, addr: SocketAddr, count: usize) {
        assert_eq!(self.0.ask(&format!("hammer {addr} {count}")), "done");
    }

    /// Ends all clients with SIGKILL, whatever they are doing.
    pub(crate) fn kill(&mut self) {
        self.0.kill();
    }
}

/// The crowd itself.
pub(crate) fn play() {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).expect("getrlimit");
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).expect("setrlimit");
    let mut clients: Vec<TcpStream> = Vec::new();
    obey(|order| {
        let words: Vec<&str> = order.split(' ').collect();
        let addr = || words[1].parse().expect("an address");
        let count = || words[2].parse().expect("a number");
        match words[0] {
            "connect" => {
                let result = connect(addr(), count(), &mut clients);
                told(result.map(|()| clients.len()))
            }
            "pass" => told(pass(addr(), count())),
            "talk" => {
                for client in &clients {
                    exchange(client, b"talk", b"talk");
                }
                "done".to_owned()
            }
            "leave" => {
                for mut client in &clients {
                    client.write_all(b"\nquit\n").expect("send");
                }
                for client in &clients {
                    assert_eq!(rest(client), b"\n");
                }
                clients.drain(..).for_each(reset);
                "done".to_owned()
            }
            "break" => {
                clients.drain(..).for_each(reset);
                "done".to_owned()
            }
            "hammer" => {
                hammer(addr(), count());
                "done".to_owned()
            }
            _ => panic!("no such order: {order}"),
        }
    });
}

fn told(result: io::Result<usize>) -> String {
    result.map_or_else(|error| error.to_string(), |count| count.to_string())
}

fn connect(
    addr: SocketAddr,
    count: usize,
    clients: &mut Vec<TcpStream>,
) -> io::Result<()> {
    let answered = |mut client: &TcpStream| client.read_exact(&mut [0; 1]);
    for number in 0..count {
        let mut client = try_connect(addr)?;
        client.write_all(b"x")?;
        clients.push(client);
        if let Some(earlier) = number.checked_sub(AT_A_TIME) {
            answered(&clients[earlier])?;
        }
    }
    clients.iter().rev().take(AT_A_TIME).try_for_each(answered)
}

fn pass(addr: SocketAddr, count: usize) -> io::Result<usize> {
    let mut waiting = VecDeque::new();
    let mut passed = 0;
    for number in 0..count + AT_A_TIME {
        if number < count {
            let mut client = try_connect(addr)?;
            client.write_all(b"x\nquit\n")?;
            waiting.push_back(client);
        }
        if number >= AT_A_TIME
            && let Some(client) = waiting.pop_front()
        {
            passed += usize::from(rest(&client) == b"x\n");
            reset(client);
        }
    }
    Ok(passed)
}

/// Returns when all clients are connected. Whoever is not served yet waits in
/// its thread.
fn hammer(addr: SocketAddr, count: usize) {
    for _ in 0..count {
        let client = try_connect(addr).expect("connect");
        thread::spawn(move || {
            let block = [b'x'; 1024];
            loop {
                exchange(&client, &block, &block);
            }
        });
    }
}
