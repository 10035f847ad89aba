//! The judge of a server that gets letters in pieces.

use std::io::ErrorKind;
use std::net::TcpStream;

use crate::judge::exercise::LETTERS;
use crate::judge::failure::Blame;
use crate::judge::mistake::{Mistake, mistake};
use crate::judge::returns::Returns;
use crate::judge::signs::{came, other, silent};
use crate::judge::trial::Trial;
use crate::judge::verdict::Verdict;
use crate::judge::words::Text;

static NOT_LOUD: Mistake = mistake!(
    "not-loud",
    likely: [
        "буквы вернулись такими, какими пришли",
        "the letters came back as they were sent"
    ],
    next: [
        "сделайте текст заглавным: `str::to_uppercase`",
        "make the text capital: `str::to_uppercase`",
    ],
);

static ASCII_ONLY: Mistake = mistake!(
    "ascii-only",
    likely: [
        "заглавными стали только латинские буквы",
        "only the Latin letters became capital"
    ],
    next: [
        "`to_uppercase` вместо `make_ascii_uppercase`: он знает все буквы",
        "`to_uppercase` in the place of `make_ascii_uppercase`: it knows all letters",
    ],
);

static PIECE_IS_TEXT: Mistake = mistake!(
    "piece-is-text",
    likely: [
        "прочитанный кусок принят за целые буквы, а граница куска бывает посреди буквы",
        "a piece was taken for whole letters, and it may end in the middle of one"
    ],
    next: [
        "копите байты: `str::from_utf8` скажет (`valid_up_to`), сколько из них – целые буквы",
        "collect bytes: `str::from_utf8` says (`valid_up_to`) how many of them are whole letters",
    ],
);

static WAITS_FOR_END: Mistake = mistake!(
    "waits-for-end",
    likely: [
        "ответа ждёт конец потока, а собеседник ещё говорит",
        "the answer waits for the end of the stream, and the peer still speaks"
    ],
    next: [
        "отвечайте на целые буквы сразу и держите только начало неполной",
        "answer whole letters at once and keep only the beginning of an incomplete one",
    ],
);

static LOST_TAIL: Mistake = mistake!(
    "lost-tail",
    likely: [
        "начало неполной буквы потеряно между двумя `read`",
        "the beginning of an incomplete letter was lost between two calls of `read`"
    ],
    next: [
        "оставьте непринятые байты в буфере: `drain(..valid_up_to)`",
        "leave the bytes that were not taken in the buffer: `drain(..valid_up_to)`",
    ],
);

static NOT_TEXT: Mistake = mistake!(
    "not-text",
    likely: [
        "байты, которые не станут буквой никогда, приняты за начало буквы или за букву",
        "bytes that will never be a letter were taken for the beginning of one, or for one"
    ],
    next: [
        "если `error_len()` – это `Some`, верните ошибку `InvalidData`",
        "where `error_len()` is `Some`, return the error `InvalidData`",
    ],
);

static CUT_END: Mistake = mistake!(
    "cut-end",
    likely: [
        "поток кончился посреди буквы, и этого никто не заметил",
        "the stream ended in the middle of a letter, and nobody noticed"
    ],
    next: [
        "если при `Ok(0)` в буфере что-то осталось, верните ошибку `UnexpectedEof`",
        "where something is left in the buffer at `Ok(0)`, return the error `UnexpectedEof`",
    ],
);

/// Judges `letters`: a server for one client that returns text in capital
/// letters, all alphabets included, as soon as a letter is whole.
///
/// Its cases are Latin and Cyrillic words, a letter that comes in two pieces,
/// everything byte after byte, what is no text (`InvalidData`), and an end in
/// the middle of a letter (`UnexpectedEof`).
///
/// # Examples
///
/// ```
/// use std::io::{self, ErrorKind, Read, Write};
/// use std::net::TcpStream;
/// use netlab::judge;
///
/// fn letters(mut conn: TcpStream) -> io::Result<()> {
///     let (mut bytes, mut piece) = (Vec::new(), [0; 1024]);
///     while let n @ 1.. = conn.read(&mut piece)? {
///         bytes.extend(&piece[..n]);
///         let whole = match std::str::from_utf8(&bytes) {
///             Ok(text) => text.len(),
///             Err(error) if error.error_len().is_none() => error.valid_up_to(),
///             Err(_) => return Err(ErrorKind::InvalidData.into()),
///         };
///         let text: Vec<u8> = bytes.drain(..whole).collect();
///         let text = String::from_utf8_lossy(&text).to_uppercase();
///         conn.write_all(text.as_bytes())?;
///     }
///     match bytes.as_slice() {
///         [] => Ok(()),
///         _ => Err(ErrorKind::UnexpectedEof.into()),
///     }
/// }
/// assert!(judge::letters(letters).is_passed());
/// ```
pub fn letters<R: Returns>(function: impl Fn(TcpStream) -> R) -> Verdict {
    Trial::of(&LETTERS)
        .case(Text::new("латиница", "Latin"), None, |case| {
            let mut peer = case.serve(b"ping", &function)?;
            peer.expect(b"PING")
                .blame_if(came(b"ping"), &NOT_LOUD)
                .blame_if(silent, &WAITS_FOR_END)
        })
        .case(Text::new("кириллица", "Cyrillic"), None, |case| {
            let mut peer = case.serve("эхо".as_bytes(), &function)?;
            peer.expect("ЭХО".as_bytes()).blame_if(other, &ASCII_ONLY)
        })
        .case(
            Text::new("буква в двух кусках", "a letter in two pieces"),
            Some(&PIECE_IS_TEXT),
            |case| {
                let (begin, end) = "эхо".as_bytes().split_at(3);
                let mut peer = case.serve(begin, &function)?;
                peer.expect("Э".as_bytes())?;
                peer.send(end)?;
                peer.expect("ХО".as_bytes())
                    .blame_if(came("О".as_bytes()), &LOST_TAIL)
                    .blame_if(silent, &LOST_TAIL)
            },
        )
        .case(
            Text::new("по одному байту", "a byte at a time"),
            Some(&PIECE_IS_TEXT),
            |case| {
                let mut peer = case.serve(&[], &function)?;
                peer.send_apart("ё → 🦀".as_bytes())?;
                peer.expect("Ё → 🦀".as_bytes())
            },
        )
        .case(
            Text::new("не текст", "no text"),
            Some(&NOT_TEXT),
            |case| {
                let _peer = case.serve(b"a\xff", &function)?;
                case.fails(ErrorKind::InvalidData)
            },
        )
        .case(
            Text::new("конец посреди буквы", "an end inside a letter"),
            Some(&CUT_END),
            |case| {
                let mut peer = case.serve(b"\xd1", &function)?;
                peer.finish();
                case.fails(ErrorKind::UnexpectedEof)
            },
        )
        .verdict()
}
