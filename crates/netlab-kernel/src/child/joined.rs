//! What a thread that panicked has said, for whoever joins it: `join()` gives
//! an `Err(Any { .. })`, whose debug form tells nothing.

// `pthread_self(3)`.
#![allow(unsafe_code)]

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use libc::pthread_t;

/// How std prints the payload of a panic.
const UNTOLD: &str = "Any { .. }";

/// What threads have said last that nobody has joined yet.
static SAID: LazyLock<Mutex<HashMap<pthread_t, String>>> =
    LazyLock::new(Mutex::default);

thread_local! {
    /// What the threads have said that the calling one has joined.
    static HEARD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// The calling thread begins; another one may have had its number.
pub(super) fn begins() {
    said().remove(&own());
}

/// A run begins in the calling thread.
pub(super) fn forget() {
    HEARD.take();
}

/// The calling thread panics with this message; gives what there is to say.
pub(super) fn panics(message: String) -> String {
    let [message] = told([message]);
    said().insert(own(), message.clone());
    message
}

/// These forms of an error, with what the joined thread has said in place of
/// what std prints.
pub(super) fn told<const FORMS: usize>(
    forms: [String; FORMS],
) -> [String; FORMS] {
    let is_untold = forms.iter().any(|form| form.contains(UNTOLD));
    match is_untold.then(heard).flatten() {
        Some(text) => {
            let text = format!("{text:?}");
            forms.map(|form| form.replacen(UNTOLD, &text, 1))
        }
        None => forms,
    }
}

/// The calling thread has joined this one.
pub(super) fn joined(thread: pthread_t) {
    if let Some(text) = said().remove(&thread) {
        HEARD.with_borrow_mut(|heard| heard.push(text));
    }
}

/// What the joined thread has said, unless there were several and it can't be
/// told which one this is about.
fn heard() -> Option<String> {
    let mut heard = HEARD.take();
    heard.dedup();
    (heard.len() == 1).then(|| heard.remove(0))
}

fn own() -> pthread_t {
    // SAFETY: no pointers are passed.
    unsafe { libc::pthread_self() }
}

fn said() -> MutexGuard<'static, HashMap<pthread_t, String>> {
    SAID.lock().unwrap_or_else(PoisonError::into_inner)
}
