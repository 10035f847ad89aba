//! The process that runs the cells has died.

use super::Failure;
use super::marks::sentence;
use crate::cells::Ended;

/// What is lost with the process, and what to do.
pub(crate) const LOST: &str = "Все переменные потеряны; типы, функции и use \
     остались. Выполните заново ячейки, которые создают переменные.";

/// The failure of the cell that ran, from what `evcxr` knows and what the
/// child could still say: signal, thread, whether its stack was full, which
/// allocation has failed.
pub(crate) fn failure(status: &str, ended: &Ended) -> Failure {
    // Before it stands what the process had printed.
    let status = match status.find("Subprocess ") {
        Some(at) => &status[at..],
        None => status,
    };
    let (thread, overflow) = match &ended.crash {
        Some((_, thread, overflow)) => (of(thread), *overflow),
        None => (String::new(), false),
    };
    let cause = cause(status);
    let value = match ended.allocation {
        Some(size) => format!("{}; {cause}", too_large(size, &thread)),
        None if overflow => format!("переполнен стек{thread}; {cause}"),
        None => cause + &thread,
    };
    Failure::new("ProcessDied", value, [sentence(LOST)])
}

/// What ended the process, in words.
pub(crate) fn cause(status: &str) -> String {
    if let Some((_, signal)) = status.split_once("signal: ") {
        let signal = signal.replace(" (core dumped)", "");
        let why = match signal.split(' ').next().unwrap_or_default() {
            "4" => ": недопустимая инструкция",
            "6" => ": вызван abort",
            "7" | "11" => ": обращение к недоступной памяти",
            "9" => ": его убили, возможно, кончилась память",
            _ => "",
        };
        return format!("процесс ячеек завершён сигналом {signal}{why}");
    }
    match status.split_once("exit status: ") {
        Some((_, code)) => {
            format!("процесс ячеек завершился сам, код возврата {code}")
        }
        None => "процесс ячеек завершился".to_owned(),
    }
}

/// That there is no memory for an allocation of so many bytes, and which
/// thread wanted it.
pub(crate) fn too_large(size: u64, thread: &str) -> String {
    let bytes = match (size % 10, size % 100) {
        (_, 11..=14) => "байт",
        (2..=4, _) => "байта",
        _ => "байт",
    };
    let rounded = in_units(size).map_or_else(String::new, |(tenths, unit)| {
        match (tenths / 10, tenths % 10) {
            (whole, 0) => format!(" ({whole} {unit})"),
            (whole, tenth) => format!(" ({whole},{tenth} {unit})"),
        }
    });
    format!("не хватило памяти{thread}: код попросил {size} {bytes}{rounded}")
}

/// The size in tenths of the largest unit that it has one of.
fn in_units(size: u64) -> Option<(u64, &'static str)> {
    const UNITS: [&str; 6] = ["КиБ", "МиБ", "ГиБ", "ТиБ", "ПиБ", "ЭиБ"];
    let (power, unit) = (1..)
        .zip(UNITS)
        .take_while(|(power, _)| size >> (10 * power) > 0)
        .last()?;
    // From 2^60 on, ten times the size is more than 64 bits hold.
    let tenths = (u128::from(size) * 10) >> (10 * power);
    Some((tenths as u64, unit))
}

fn of(thread: &str) -> String {
    match thread {
        "" | "main" => String::new(),
        name => format!(" (поток «{name}»)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signal_and_loss_are_named() {
        let failure = failure(
            "Subprocess terminated with status: signal: 11 (SIGSEGV) (core dumped)",
            &Ended::default(),
        );
        assert!(failure.value.contains("11 (SIGSEGV)"), "{failure:?}");
        assert!(failure.traceback[1].contains("переменные потеряны"));
    }

    #[test]
    fn exit_code_is_named() {
        let value = failure(
            "x\nSubprocess terminated with status: exit status: 3",
            &Ended::default(),
        )
        .value;
        assert!(value.ends_with("код возврата 3"), "{value}");
    }

    #[test]
    fn full_stack_is_told_from_other_crashes() {
        let ended = Ended {
            crash: Some((11, "server".to_owned(), true)),
            ..Ended::default()
        };
        let value = failure("signal: 11 (SIGSEGV)", &ended).value;
        assert!(value.starts_with("переполнен стек (поток «server»)"));
    }

    #[test]
    fn size_is_told_in_bytes_and_in_a_unit() {
        for (size, said) in [
            (1, "1 байт"),
            (12, "12 байт"),
            (1023, "1023 байта"),
            (1536, "1536 байт (1,5 КиБ)"),
            (1 << 50, "1125899906842624 байта (1 ПиБ)"),
            (u64::MAX, "18446744073709551615 байт (15,9 ЭиБ)"),
        ] {
            let value = too_large(size, "");
            assert!(value.ends_with(&format!("попросил {said}")), "{value}");
        }
    }
}
