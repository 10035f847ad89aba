//! A load of clients that stay and have one packet under way each.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use netlab::nix::sys::epoll::{
    Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout,
};

use crate::descriptors;
use crate::line;

/// What each client sends, over and over: a line of chat.
pub(crate) const PACKET: [u8; 64] = {
    let mut packet = [b'x'; 64];
    packet[63] = b'\n';
    packet
};

/// How long an echo may take.
pub(crate) const WATCHDOG: Duration = Duration::from_secs(10);

struct Client {
    stream: TcpStream,
    /// Bytes of the packet that have not come back.
    missing: usize,
}

/// The life of a process that is a load: it connects, says so, and answers
/// every line, a time in milliseconds, with echoes and seconds.
pub(crate) fn run(addr: &str, count: &str) -> io::Result<()> {
    descriptors::raise_limit()?;
    let count = count.parse().map_err(io::Error::other)?;
    let epoll = Epoll::new(EpollCreateFlags::empty())?;
    let mut clients = Vec::new();
    for number in 0..count {
        let stream = connect(addr)?;
        stream.set_nonblocking(true)?;
        epoll.add(&stream, EpollEvent::new(EpollFlags::EPOLLIN, number))?;
        let missing = 0;
        clients.push(Client { stream, missing });
    }
    println!("connected");
    line::answer(|millis| {
        let millis = millis.parse().map_err(io::Error::other)?;
        play(&epoll, &mut clients, Duration::from_millis(millis))
    })
}

/// Connects a client that has got its first echo: nobody waits in the accept
/// queue when the clock is started.
pub(crate) fn connect(addr: &str) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(addr)?;
    stream.set_read_timeout(Some(WATCHDOG))?;
    stream.write_all(&PACKET)?;
    stream.read_exact(&mut [0; PACKET.len()])?;
    Ok(stream)
}

/// Lets every client send, and send again whenever it has its echo. In the end
/// all echoes are waited for, so that nothing is left for the next server.
fn play(
    epoll: &Epoll,
    clients: &mut [Client],
    time: Duration,
) -> io::Result<(f64, f64)> {
    let start = Instant::now();
    for client in &mut *clients {
        client.send()?;
    }
    let mut waiting = clients.len();
    let mut echoes = 0;
    let mut events = [EpollEvent::empty(); 1024];
    let watchdog =
        EpollTimeout::try_from(WATCHDOG).map_err(io::Error::other)?;
    while waiting > 0 {
        let count = epoll.wait(&mut events, watchdog)?;
        if count == 0 {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let is_over = start.elapsed() >= time;
        for event in &events[..count] {
            let client = &mut clients[event.data() as usize];
            if !client.receive()? {
                continue;
            }
            echoes += 1;
            if is_over {
                waiting -= 1;
            } else {
                client.send()?;
            }
        }
    }
    Ok((f64::from(echoes), start.elapsed().as_secs_f64()))
}

impl Client {
    fn send(&mut self) -> io::Result<()> {
        self.missing = PACKET.len();
        self.stream.write_all(&PACKET)
    }

    /// Reads what has come; tells whether the packet is complete.
    fn receive(&mut self) -> io::Result<bool> {
        match self.stream.read(&mut [0; PACKET.len()])? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            count => {
                self.missing -= count;
                Ok(self.missing == 0)
            }
        }
    }
}
