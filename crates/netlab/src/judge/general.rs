//! Mistakes that are possible in every exercise: how a function can end
//! without having done its work.

use super::failure::{Failure, What};
use super::mistake::{Mistake, mistake};
use super::sandbox::Ending;
use super::watch::LIMIT;
use super::words::{Text, text};

pub(super) static PANIC: Mistake = mistake!(
    "panic",
    likely: [
        "паника завершила поток, и его соединения закрылись без ответа",
        "a panic has ended the thread, and its connections closed unanswered"
    ],
    next: [
        "уберите `unwrap` и индексы вне границ: верните ошибку через `?` или разберите её в `match`",
        "do without `unwrap` and indices out of range: return the error with `?` or handle it in a `match`",
    ],
);

static EXIT: Mistake = mistake!(
    "exit",
    likely: [
        "функция завершила весь процесс: в блокноте это было бы ядро со всеми переменными",
        "the function has ended the whole process: in a notebook that would be the kernel with all variables"
    ],
    next: [
        "замените `exit` на `return`",
        "put `return` in the place of `exit`",
    ],
);

static KILLED: Mistake = mistake!(
    "killed",
    likely: [
        "процесс завершён сигналом: кончилась память, стек или вызван `abort`",
        "a signal has ended the process: memory or stack was used up, or `abort` called"
    ],
    next: [
        "найдите рекурсию без конца или буфер, который растёт без предела",
        "look for a recursion without end or a buffer that grows without a bound",
    ],
);

static FOREIGN: Mistake = mistake!(
    "foreign-descriptor",
    likely: [
        "функция закрыла дескриптор, который открыла не она",
        "the function has closed a descriptor that it did not open"
    ],
    next: [
        "закрывайте только своё: `drop` сокета вместо `close` по номеру",
        "close only what is yours: `drop` the socket instead of a `close` by number",
    ],
);

pub(super) static LOOP: Mistake = mistake!(
    "endless-loop",
    likely: [
        "цикл вращается без конца и ничего не ждёт",
        "a loop turns for ever and waits for nothing"
    ],
    next: [
        "найдите цикл и его выход: `read`, вернувший `Ok(0)`, – это конец потока",
        "find the loop and its way out: a `read` that returns `Ok(0)` is the end of the stream",
    ],
);

/// What to say of a function that ended like this, and not by returning what
/// it should.
pub(super) fn failure(ending: Ending) -> Failure {
    let (sentence, mistake) = match &ending {
        Ending::Returned(value) => (
            text!("функция вернула {value}", "the function returned {value}"),
            None,
        ),
        Ending::Failed(error) => (
            text!(
                "функция вернула ошибку: {error}",
                "the function returned an error: {error}"
            ),
            None,
        ),
        Ending::Panicked(panic) => {
            (text!("паника: {panic}", "a panic: {panic}"), Some(&PANIC))
        }
        Ending::Exited(code) => (
            text!(
                "процесс завершён с кодом {code}",
                "the process ended with code {code}"
            ),
            Some(&EXIT),
        ),
        Ending::Killed(signal) => (
            text!("процесс завершён: {signal}", "the process ended: {signal}"),
            Some(&KILLED),
        ),
        Ending::Mute => (
            Text::new(
                "функция вернулась, но её отчёт некому отправить",
                "the function returned, but its report can't be sent",
            ),
            Some(&FOREIGN),
        ),
        Ending::Hung(calls) => (hung(calls), None),
    };
    // In an endless loop may be a mistake that the case can name.
    let general = match &ending {
        Ending::Hung(calls) if calls.is_empty() => Some(&LOOP),
        _ => None,
    };
    Failure {
        mistake,
        general,
        ..Failure::new(What::Ended(ending), sentence)
    }
}

fn hung(calls: &[&str]) -> Text {
    let seconds = LIMIT.as_secs();
    let waits = calls.join(", ");
    match calls.is_empty() {
        true => text!(
            "за {seconds} с функция не закончилась",
            "the function was not done within {seconds} s"
        ),
        false => text!(
            "за {seconds} с функция не закончилась, она ждёт в {waits}",
            "the function was not done within {seconds} s, it waits in {waits}"
        ),
    }
}
