//! Urgent data: bytes that overtake the others, or get lost on the way.

use std::io::{Read, Write};
use std::net::Shutdown;

use netlab::server::Limits;
use netlab::socket2::SockRef;

use crate::client::{connect, eventually, exchange, rest};
use crate::models::MODELS;
use crate::round::attack;

#[test]
fn urgent_byte_is_no_end_of_stream_and_no_part_of_a_command() {
    attack("urgent data", &MODELS, Limits::default(), |round| {
        let addr = round.notebook.addr();
        let client = connect(addr);
        exchange(&client, b"hi\n", b"hi\n");
        for _ in 0..20 {
            SockRef::from(&client).send_out_of_band(b"!").expect("send");
            exchange(&client, b"still here\n", b"still here\n");
        }
        // In the middle of a command. Not before its beginning has been read:
        // a read ends where the urgent byte was, and tokio takes a short read
        // for the last one until something new arrives.
        (&client).write_all(b"qu").expect("send");
        eventually("it has been read", || round.notebook.count("«qu»") == 1);
        SockRef::from(&client).send_out_of_band(b"!").expect("send");
        (&client).write_all(b"it\n").expect("send");
        assert_eq!(rest(&client), b"");

        let mut client = connect(addr);
        SockRef::from(&client).send_out_of_band(b"!").expect("send");
        client.shutdown(Shutdown::Write).expect("half-close");
        assert_eq!(client.read(&mut [0; 1]).expect("end of stream"), 0);
        round.note();
    });
}
