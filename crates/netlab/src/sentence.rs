//! Russian sentences: numbers with their nouns, and lines that fit.

use std::time::Duration;

/// The longest line that is shown, in characters.
pub(crate) const WIDTH: usize = 80;

/// A number with its noun: «1 прогон», «2 прогона», «5 прогонов».
pub(crate) fn count(number: u64, forms: [&str; 3]) -> String {
    format!("{}\u{a0}{}", grouped(number), form(number, forms))
}

/// The form of a noun that goes with a number.
pub(crate) fn form(number: u64, forms: [&str; 3]) -> &str {
    match (number % 100, number % 10) {
        (11..=14, _) => forms[2],
        (_, 1) => forms[0],
        (_, 2..=4) => forms[1],
        _ => forms[2],
    }
}

/// A number with a space that does not break between its groups: «5 000 000».
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() * 2);
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push('\u{a0}');
        }
        grouped.push(digit);
    }
    grouped
}

/// A share in percent, rounded so that neither «0 %» nor «100 %» is a lie.
pub(crate) fn percent(part: u64, whole: u64) -> String {
    if part == 0 || whole == 0 {
        return "0\u{a0}%".to_owned();
    }
    let percent = part as f64 / whole as f64 * 100.0;
    match percent {
        percent if part == whole => format!("{percent:.0}\u{a0}%"),
        percent if percent < 1.0 => "меньше 1\u{a0}%".to_owned(),
        percent if percent > 99.0 => "больше 99\u{a0}%".to_owned(),
        percent => format!("{percent:.0}\u{a0}%"),
    }
}

/// A time that was measured: «0.38 с», «12.3 мс».
pub(crate) fn measured(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds >= 0.1 => format!("{seconds:.2}\u{a0}с"),
        seconds if seconds >= 0.01 => format!("{:.1}\u{a0}мс", seconds * 1e3),
        seconds => format!("{:.2}\u{a0}мс", seconds * 1e3),
    }
}

/// How many times as much: «1.9», «45».
pub(crate) fn ratio(large: Duration, small: Duration) -> String {
    let ratio = large.as_secs_f64() / small.as_secs_f64().max(1e-9);
    match ratio {
        ratio if ratio < 10.0 => format!("{ratio:.1}"),
        ratio => format!("{ratio:.0}"),
    }
}

/// Breaks a text into lines of at most [`WIDTH`] characters.
///
/// Lines after the first are moved to the right by `indent`.
pub(crate) fn wrap(text: &str, indent: usize) -> Vec<String> {
    let start = text.len() - text.trim_start_matches(' ').len();
    let mut lines = Vec::new();
    let mut line = " ".repeat(start);
    let mut begun = false;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let room = line.chars().count() + 1 + word.chars().count();
        if begun && room > WIDTH {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
        } else if begun {
            line.push(' ');
        }
        line.push_str(word);
        begun = true;
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_follow_their_numbers() {
        let forms = ["прогон", "прогона", "прогонов"];
        let form = |number| form(number, forms);
        assert_eq!([1, 21, 101].map(form), ["прогон"; 3]);
        assert_eq!([2, 34, 1_000_003].map(form), ["прогона"; 3]);
        assert_eq!([0, 5, 11, 12, 114].map(form), ["прогонов"; 5]);
    }

    #[test]
    fn digits_are_grouped_from_the_right() {
        let plain = |number| grouped(number).replace('\u{a0}', " ");
        assert_eq!(plain(5), "5");
        assert_eq!(plain(1_234), "1 234");
        assert_eq!(plain(5_000_000), "5 000 000");
    }

    #[test]
    fn percent_does_not_round_to_all_or_nothing() {
        assert_eq!(percent(0, 7), "0\u{a0}%");
        assert_eq!(percent(1, 1_000), "меньше 1\u{a0}%");
        assert_eq!(percent(999, 1_000), "больше 99\u{a0}%");
        assert_eq!(percent(7, 7), "100\u{a0}%");
    }

    #[test]
    fn long_text_is_broken_between_words_and_nothing_is_lost() {
        let text = "слово ".repeat(40);
        let lines = wrap(text.trim(), 2);
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH));
        assert!(lines[1].starts_with("  слово"), "{lines:?}");
        assert_eq!(lines.join(" ").matches("слово").count(), 40);
        assert_eq!(wrap("  a b", 0), ["  a b"]);
    }
}
