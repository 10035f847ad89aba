//! A server does not allocate for a packet once its log is full.
//!
//! In a binary of its own, with one test, because its allocator counts for the
//! whole process.

#![allow(unsafe_code)] // An allocator is unsafe to write.

use std::alloc::{GlobalAlloc, Layout, System};
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use netlab::ServerHandle;
use netlab::server::{self, Limits};
use netlab::trace::CAPACITY;

const WATCHDOG: Duration = Duration::from_secs(5);

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

struct Counting;

// SAFETY: everything is left to the allocator of the system.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the promise of our caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the promise of our caller.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn exchange(client: &mut TcpStream, count: usize) {
    let mut answer = [0; 64];
    for _ in 0..count {
        client.write_all(&[b'x'; 64]).expect("send");
        client.read_exact(&mut answer).expect("answer");
    }
}

#[test]
fn packets_of_a_full_log_are_not_allocated_for() {
    let models: [fn(TcpListener, Limits) -> io::Result<ServerHandle>; 3] = [
        server::iterative::serve_with,
        server::threaded::serve_with,
        server::tokio_tasks::serve_with,
    ];
    for serve in models {
        let listener = server::bind("127.0.0.1:0").expect("bind");
        let server = serve(listener, Limits::default()).expect("serve");
        let mut client = TcpStream::connect(server.addr()).expect("connect");
        client.set_read_timeout(Some(WATCHDOG)).expect("timeout");
        // Two events each; what grows with the first packets has grown then.
        exchange(&mut client, CAPACITY);

        let before = ALLOCATIONS.load(Ordering::Relaxed);
        exchange(&mut client, 1000);
        let count = ALLOCATIONS.load(Ordering::Relaxed) - before;
        // The log has a lane for each of eight cores. One that the thread has
        // not been on before may have to grow now, in some 25 steps.
        let most = 8 * 25;
        assert!(count < most, "{}: {count} in 1000 echoes", server.model());
    }
}
