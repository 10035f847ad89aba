//! What appears under a cell.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use netlab::{chart, process, server, sockets};

use crate::scenario::{MODELS, child, connect, exchange, output, plays, start};

/// Splits what a cell printed into its blocks; `None` if one is torn.
fn blocks(stdout: &str) -> Option<Vec<(String, String)>> {
    let mut blocks = Vec::new();
    let mut lines = stdout.lines();
    while let Some(line) = lines.next() {
        let Some(mime) = line.strip_prefix("EVCXR_BEGIN_CONTENT ") else {
            continue;
        };
        let mut content = String::new();
        loop {
            match lines.next()? {
                "EVCXR_END_CONTENT" => break,
                line if line.contains("EVCXR") || line == "noise" => {
                    return None;
                }
                line => content = content + line + "\n",
            }
        }
        blocks.push((mime.to_owned(), content));
    }
    Some(blocks)
}

#[test]
fn blocks_stay_whole_among_the_output_of_other_threads() {
    let test = "display::blocks_stay_whole_among_the_output_of_other_threads";
    if plays("shows") {
        println!();
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    println!("noise");
                }
            });
            let server = start(MODELS[1].1);
            exchange(&connect(server.addr()), b"<b>ping</b>", b"<b>ping</b>");
            (0..50).for_each(|_| server.evcxr_display());
            done.store(true, Ordering::Relaxed);
        });
        return;
    }
    let stdout = output(child(test, "shows"));
    let blocks = blocks(&stdout).expect("no block is torn");
    assert_eq!(blocks.len(), 100);
    for pair in blocks.chunks(2) {
        assert_eq!(pair[0].0, "text/html");
        assert!(
            pair[0].1.contains("&lt;b&gt;ping") && !pair[0].1.contains("<b>"),
            "{pair:?}"
        );
        assert_eq!(pair[1].0, "text/plain");
        assert!(pair[1].1.contains("«<b>ping</b>»"), "{pair:?}");
    }
}

#[test]
fn everything_that_displays_itself_has_text_and_html() {
    let test = "display::everything_that_displays_itself_has_text_and_html";
    if plays("shows-all") {
        println!();
        let server = start(MODELS[0].1);
        let listener = server::bind("127.0.0.1:0").expect("bind");
        server.evcxr_display();
        server.log().evcxr_display();
        sockets::own().expect("table").evcxr_display();
        process::tree().expect("tree").evcxr_display();
        sockets::accept_queue(&listener)
            .expect("queue")
            .evcxr_display();
        netlab::client::Outcome::Refused.evcxr_display();
        chart::bars("Время", "мс", &[("поток", 1.0)]).evcxr_display();
        netlab::guard(std::time::Duration::ZERO, || ())
            .expect_err("zero")
            .evcxr_display();
        return;
    }
    let stdout = output(child(test, "shows-all"));
    let blocks = blocks(&stdout).expect("no block is torn");
    let mimes: Vec<&str> =
        blocks.iter().map(|block| block.0.as_str()).collect();
    assert_eq!(mimes, ["text/html", "text/plain"].repeat(8));
    assert!(blocks.iter().all(|block| !block.1.contains("<style")));
}

#[test]
fn server_as_text_shows_address_clients_and_events() {
    let server = start(MODELS[1].1);
    let client = connect(server.addr());
    exchange(&client, "пинг".as_bytes(), "пинг".as_bytes());
    let text = server.to_string();
    assert!(
        text.starts_with(&format!(
            "сервер {} (threaded) работает",
            server.addr()
        )),
        "{text}"
    );
    assert!(
        text.contains(&client.local_addr().expect("own address").to_string()),
        "{text}"
    );
    assert!(text.contains("получено 8 Б: «пинг»"), "{text}");
    server.stop().expect("stop");
    assert!(
        server
            .to_string()
            .contains("остановлен; потоков: 0, клиентов: 0"),
        "{server}"
    );
}

#[test]
fn long_log_is_cut_and_says_so() {
    let server = start(MODELS[0].1);
    let client = connect(server.addr());
    (0..30).for_each(|_| exchange(&client, b"x", b"x"));
    let text = server.log().to_string();
    assert_eq!(text.lines().count(), 21, "{text}");
    assert!(text.starts_with("… раньше событий: "), "{text}");
}
