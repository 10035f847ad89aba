//! Characters that arrive in pieces, and bytes that are no characters.

use netlab::server::Limits;

use crate::client::{connect, exchange};
use crate::models::MODELS;
use crate::round::attack;

/// Characters of one, two, three and four bytes.
const TEXT: &str = "aйя€漢😀𝄞!\n";

/// Bytes that are no UTF-8: a lone continuation, cut characters, an overlong
/// form, a surrogate, what is in no encoding.
const BROKEN: [&[u8]; 6] = [
    b"\x80",
    b"\xd0",
    b"\xf0\x9f\x98",
    b"\xc0\xaf",
    b"\xed\xa0\x80",
    b"\xff\xfe\n",
];

#[test]
fn utf8_cut_anywhere_is_whole_in_the_log_and_in_the_echo() {
    attack(
        "UTF-8 cut everywhere",
        &MODELS,
        Limits::default(),
        |round| {
            let addr = round.notebook.addr();
            let bytes = TEXT.as_bytes();
            for cut in 1..bytes.len() {
                let client = connect(addr);
                let (left, right) = bytes.split_at(cut);
                // The echo of the first part proves that it was read apart.
                exchange(&client, left, left);
                exchange(&client, right, right);
            }
            let client = connect(addr);
            for byte in bytes.chunks(1) {
                exchange(&client, byte, byte);
            }
            drop(client);
            round.note();
            let replaced = round.notebook.count("\u{fffd}");
            assert_eq!(replaced, 0, "{}", round.notebook.log());

            for broken in BROKEN {
                let client = connect(addr);
                exchange(&client, broken, broken);
                exchange(&client, bytes, bytes);
            }
            assert!(round.notebook.count("\u{fffd}") >= BROKEN.len());
        },
    );
}
