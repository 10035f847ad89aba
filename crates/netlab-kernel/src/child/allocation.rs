//! An allocation that has failed: the standard library says in English how
//! large it was, and aborts. The front end says the same in its own words.

use std::cell::Cell;
use std::io::Write;

use super::{backtrace, report, state};
use crate::channel::raw_json_header;

/// How what the standard library says begins; the size follows.
const BEGINNING: &[u8] = b"memory allocation of ";

/// The function that says it, see `std::alloc::set_alloc_error_hook`. It never
/// returns into the code of a cell.
const HOOK: &[u8] = b"default_alloc_error_hook";

#[derive(Clone, Copy)]
enum Said {
    Nothing,
    /// The size so far: it may come in parts.
    Size(u64),
    /// The rest says how to get a backtrace.
    All,
}

thread_local! {
    static SAID: Cell<Said> = const { Cell::new(Said::Nothing) };
}

/// Whether the calling thread says this on descriptor 2 of an allocation that
/// has failed. Tells the front end, and allocates nothing.
pub(super) fn takes(bytes: &[u8]) -> bool {
    let (mut size, digits) = match SAID.get() {
        Said::Nothing => match bytes.strip_prefix(BEGINNING) {
            Some(digits) if backtrace::is_below(HOOK) => (0, digits),
            _ => return false,
        },
        Said::Size(size) => (size, bytes),
        Said::All => return true,
    };
    for digit in digits {
        if !digit.is_ascii_digit() {
            SAID.set(Said::All);
            tell(size);
            return true;
        }
        size = size * 10 + u64::from(digit - b'0');
    }
    SAID.set(Said::Size(size));
    true
}

fn tell(size: u64) {
    let cell = state::output_cell();
    // By hand: there may be no memory left at all.
    let mut bytes = [0_u8; 128];
    let mut rest = &mut bytes[..];
    let _ = write!(
        rest,
        r#"{{"AllocationFailed":{{"cell":{cell},"size":{size}}}}}"#
    );
    let length = 128 - rest.len();
    report::packet(&raw_json_header(), &bytes[..length]);
}
