//! The interrupt in every phase of a cell.

use crate::client::Client;

/// Macro recursion that keeps the compiler busy for long.
pub(crate) const LONG_COMPILATION: &str = "macro_rules! m { () => { 0u64 }; ($a:tt $($r:tt)*) => { m!($($r)*) + m!($($r)*) } }\n\
                m!(a a a a a a a a a a a a a a a a a)";

/// Interrupts and expects what a cell says that runs on.
pub(crate) fn interrupt(client: &mut Client, cell: &str) {
    let stop = client.interrupt();
    client.busy(&stop);
    client.idle(&stop);
    client.busy(cell);
    let reply = client.control_reply(&stop, "interrupt_reply");
    assert_eq!(reply["status"], "ok");
}

#[test]
fn idle_kernel_loses_nothing() {
    let mut client = Client::start();
    client.runs("let x = 42;");
    let stop = client.interrupt();
    client.busy(&stop);
    client.idle(&stop);
    client.control_reply(&stop, "interrupt_reply");
    client.gives("x", "42");
}

#[test]
fn blocked_accept_ends_and_the_variables_stay() {
    let mut client = Client::start();
    client.runs(
        "let x = 42; let l = std::net::TcpListener::bind(\"127.0.0.1:0\")?;",
    );
    let id = client.execute("println!(\"waits\"); l.accept()?;");
    client.prints(&id, "stdout", "waits\n");
    interrupt(&mut client, &id);
    assert_eq!(client.fails(&id)["ename"], "Interrupted");
    client.gives("x", "42");
    client.gives("l.local_addr()?.ip().is_loopback()", "true");
}

#[test]
fn second_interrupt_ends_a_loop_that_waits_for_nothing() {
    let mut client = Client::start();
    client.runs("fn f() -> u8 { 7 }");
    let id =
        client.execute("println!(\"runs\"); loop { std::hint::black_box(1); }");
    client.prints(&id, "stdout", "runs\n");
    interrupt(&mut client, &id);
    let said = client.next_of(&id, "stream")["text"].to_string();
    assert!(said.contains("ещё раз"), "{said}");
    interrupt(&mut client, &id);
    let error = client.fails(&id);
    assert_eq!(error["ename"], "Interrupted");
    let lost = error["traceback"].to_string();
    assert!(lost.contains("переменные потеряны"), "{lost}");
    client.gives("f()", "7");
}

#[test]
fn cell_that_goes_on_is_told_what_keeps_it() {
    let mut client = Client::start();
    for (waits, why) in [
        (
            "loop { std::hint::black_box(1); }",
            "не ждёт ни сети, ни таймера",
        ),
        (
            "{ let m = std::sync::Mutex::new(1); let _held = m.lock(); drop(m.lock()); }",
            "ждёт замка, канала или другого потока",
        ),
        (
            "let (tx, rx) = std::sync::mpsc::channel::<u8>(); rx.recv()?;",
            "ждёт замка, канала или другого потока",
        ),
    ] {
        let id = client.execute(&format!("println!(\"runs\"); {waits}"));
        client.prints(&id, "stdout", "runs\n");
        interrupt(&mut client, &id);
        let said = client.next_of(&id, "stream")["text"].to_string();
        assert!(said.contains(why) && said.contains("ещё раз"), "{said}");
        interrupt(&mut client, &id);
        assert_eq!(client.fails(&id)["ename"], "Interrupted");
    }
}

#[test]
fn compiler_ends_and_nothing_is_lost() {
    let mut client = Client::start();
    client.runs("let x = 42;");
    let id = client.execute(LONG_COMPILATION);
    interrupt(&mut client, &id);
    assert_eq!(client.fails(&id)["ename"], "Interrupted");
    client.gives("x", "42");
}
