//! The process that runs the cells has died.

use super::Failure;
use super::marks::sentence;

/// What is lost with the process, and what to do.
pub(crate) const LOST: &str = "Все переменные потеряны; типы, функции и use \
     остались. Выполните заново ячейки, которые создают переменные.";

/// The failure of the cell that ran, from what `evcxr` knows and what the
/// child could still say: signal, thread, whether its stack was full.
pub(crate) fn failure(
    status: &str,
    crash: Option<&(i32, String, bool)>,
) -> Failure {
    // Before it stands what the process had printed.
    let status = match status.find("Subprocess ") {
        Some(at) => &status[at..],
        None => status,
    };
    let value = match crash {
        Some((_, thread, true)) => {
            format!("переполнен стек{}; {}", of(thread), cause(status))
        }
        Some((_, thread, false)) if !thread.is_empty() && thread != "main" => {
            format!("{}{}", cause(status), of(thread))
        }
        _ => cause(status),
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
            None,
        );
        assert!(failure.value.contains("11 (SIGSEGV)"), "{failure:?}");
        assert!(failure.traceback[1].contains("переменные потеряны"));
    }

    #[test]
    fn exit_code_is_named() {
        let value = failure(
            "x\nSubprocess terminated with status: exit status: 3",
            None,
        )
        .value;
        assert!(value.ends_with("код возврата 3"), "{value}");
    }

    #[test]
    fn full_stack_is_told_from_other_crashes() {
        let crash = (11, "server".to_owned(), true);
        let value = failure("signal: 11 (SIGSEGV)", Some(&crash)).value;
        assert!(value.starts_with("переполнен стек (поток «server»)"));
    }
}
