//! The sentences about names that are lost.

use super::super::kept::Kept;
use super::{Found, Saved};
use crate::engine::{End, Fate, Member, MemberKind, Wanted};

/// One sentence for each cause.
pub(super) fn all(told: &[(Found, Vec<Wanted>)]) -> Vec<String> {
    let mut sentences: Vec<(String, Vec<String>)> = Vec::new();
    for (found, wanted) in told {
        let names = Names(wanted);
        let (why, what) = match found {
            Found::Session(fate) => in_session(fate, &names),
            Found::Unseen => (
                "Функция не видит переменных ячеек".to_owned(),
                format!("передайте {} аргументом", names.all()),
            ),
            Found::Saved(saved) => in_notebook(saved, &names),
            Found::Nowhere => (
                "Методы трейта видны только после `use`".to_owned(),
                format!("добавьте `use {};` в начало ячейки", names.first()),
            ),
        };
        match sentences.iter_mut().find(|(cause, _)| *cause == why) {
            Some((_, advice)) => advice.push(what),
            None => sentences.push((why, vec![what])),
        }
    }
    sentences
        .into_iter()
        .map(|(why, advice)| format!("{why}: {}.", advice.join("; ")))
        .collect()
}

/// Why a name is not there, and what to do.
fn in_session(fate: &Fate, names: &Names) -> (String, String) {
    let again = |made: &u32| {
        format!("{} ячейка [{made}], выполните её ещё раз", names.made())
    };
    match fate {
        Fate::NotMade {
            made,
            end: End::NotBegun,
        } => {
            let why = format!("Ячейка [{made}] прервана, пока ядро готовилось");
            (why, again(made))
        }
        Fate::NotMade { made, end } => {
            let how = match end {
                End::Interrupted => "прервана",
                End::NotCompiled => "не скомпилировалась",
                End::Died => "закончилась вместе с процессом ячеек",
                _ => "закончилась ошибкой",
            };
            (
                format!("Ячейка [{made}] {how}"),
                format!(
                    "{} именно она, исправьте её и выполните ещё раз",
                    names.made()
                ),
            )
        }
        Fate::Died { made, during } => {
            let place = match during {
                Some(cell) => format!("В ячейке [{cell}]"),
                None => "Между ячейками".to_owned(),
            };
            let why = format!(
                "{place} завершился процесс ячеек, и переменные пропали"
            );
            (why, again(made))
        }
        Fate::Moved { made, by, of } if made == by => {
            // Executed again as it is, it would give it away again.
            let kept = Kept::of(names.first(), of);
            let what = match kept.given() {
                Some(given) => {
                    format!("отдайте в ней {given} и выполните её ещё раз")
                }
                None => kept.why_not().to_owned(),
            };
            let why = format!(
                "Ячейка [{by}] создаёт {} и сама же отдаёт (перемещает)",
                names.all()
            );
            (why, what)
        }
        Fate::Moved { made, by, of } => {
            let why =
                format!("Ячейка [{by}] забрала {} (переместила)", names.all());
            let again = again(made);
            let name = names.first();
            let kept = Kept::of(name, of);
            let what = match (kept.given(), &kept) {
                (None, _) => format!("{again}; {}", kept.why_not()),
                (Some(given), Kept::Unknown(_)) => format!(
                    "{again}, а чтобы переменная осталась, передайте в [{by}] \
                     ссылку `&{name}`, если её хватит, или {given}"
                ),
                (Some(given), _) => format!(
                    "{again}, а чтобы переменная осталась, передайте в [{by}] \
                     `&{name}` или {given}"
                ),
            };
            (why, what)
        }
        Fate::Overwritten { made, by } => (
            format!(
                "Ячейка [{by}] создавала {} заново и не дошла до конца",
                names.all()
            ),
            again(made),
        ),
        Fate::Redefined { made, by } => (
            format!(
                "Ячейка [{by}] определила тип заново, и прежние значения \
                 пропали"
            ),
            again(made),
        ),
        Fate::Replaced { made, by } => (
            format!(
                "Ячейка [{by}] определила тип заново, и прежние `impl` пропали \
                 вместе с ним"
            ),
            format!(
                "{} ячейка [{made}], перенесите `impl` из неё к новому типу",
                names.made()
            ),
        ),
        Fate::Cleared { made } => {
            ("Команда `:clear` убрала все имена".to_owned(), again(made))
        }
        Fate::Variable | Fate::There { .. } => Default::default(),
    }
}

fn in_notebook(saved: &Saved, names: &Names) -> (String, String) {
    let section = match &saved.heading {
        Some(heading) => format!(" в разделе «{heading}»"),
        None => String::new(),
    };
    let made = names.made();
    let later = "которая после запуска ядра блокнота ещё не выполнялась";
    match saved {
        Saved { is_setup: true, .. } => (
            format!("{made} ячейка подготовки, {later}"),
            format!("выполните ячейки подготовки{section}"),
        ),
        Saved {
            is_above: Some(false),
            ..
        } => (
            format!("{made} ячейка ниже{section}"),
            "сначала выполните её".to_owned(),
        ),
        Saved { is_first: true, .. } => (
            "Ядро блокнота только что запущено и прежних имён не помнит"
                .to_owned(),
            format!(
                "выполните ячейки подготовки, затем остальные по порядку; \
                 {made} ячейка{section}"
            ),
        ),
        Saved { is_above, .. } => {
            let place = match is_above {
                Some(_) => " выше",
                None => "",
            };
            (
                format!("{made} ячейка{place}{section}, {later}"),
                "выполните её".to_owned(),
            )
        }
    }
}

/// Names of one fate.
struct Names<'wanted>(&'wanted [Wanted]);

impl Names<'_> {
    fn first(&self) -> &str {
        self.0.first().map_or("", own)
    }

    fn all(&self) -> String {
        let names: Vec<_> = self
            .0
            .iter()
            .map(|wanted| format!("`{}`", own(wanted)))
            .collect();
        names.join(", ")
    }

    /// "`x` создаёт …".
    fn made(&self) -> String {
        match self.0 {
            [Wanted::Member(Member { kind, of, name })] => {
                let defines = match kind {
                    MemberKind::Method => "определяет",
                    MemberKind::Implementation => "реализует",
                };
                format!("`{name}` для `{of}` {defines}")
            }
            [Wanted::Trait(path)] => format!("`use {path};` содержит"),
            [Wanted::Name(name)] if name.starts_with(char::is_uppercase) => {
                format!("`{name}` вводит")
            }
            _ => format!("{} создаёт", self.all()),
        }
    }
}

fn own(wanted: &Wanted) -> &str {
    match wanted {
        Wanted::Name(name)
        | Wanted::Trait(name)
        | Wanted::Member(Member { name, .. }) => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(found: Found, names: &[&str]) -> String {
        let name = |name: &&str| Wanted::Name((*name).to_owned());
        all(&[(found, names.iter().map(name).collect())]).remove(0)
    }

    #[test]
    fn names_that_one_cause_has_taken_share_a_sentence() {
        let lost = |made, name: &str| {
            let died = Fate::Died { made, during: None };
            (Found::Session(died), vec![Wanted::Name(name.to_owned())])
        };
        assert_eq!(
            all(&[lost(1, "a"), lost(2, "b")]),
            ["Между ячейками завершился процесс ячеек, и переменные \
                 пропали: `a` создаёт ячейка [1], выполните её ещё раз; `b` \
                 создаёт ячейка [2], выполните её ещё раз."]
        );
    }

    #[test]
    fn cell_to_run_is_named() {
        let died = Fate::Died {
            made: 3,
            during: Some(5),
        };
        assert_eq!(
            said(Found::Session(died), &["a", "b"]),
            "В ячейке [5] завершился процесс ячеек, и переменные пропали: \
             `a`, `b` создаёт ячейка [3], выполните её ещё раз."
        );
        let moved = Fate::Moved {
            made: 3,
            by: 4,
            of: "std::net::TcpStream".into(),
        };
        assert_eq!(
            said(Found::Session(moved), &["conn"]),
            "Ячейка [4] забрала `conn` (переместила): `conn` создаёт ячейка \
             [3], выполните её ещё раз, а чтобы переменная осталась, передайте \
             в [4] `&conn` или `conn.try_clone()?`."
        );
    }

    #[test]
    fn cell_that_gave_away_its_own_variable_is_to_be_changed() {
        let moved = |by, of: &str| {
            let of = of.to_owned();
            said(Found::Session(Fate::Moved { made: 1, by, of }), &["busy"])
        };
        assert_eq!(
            moved(1, "TcpListener"),
            "Ячейка [1] создаёт `busy` и сама же отдаёт (перемещает): отдайте \
             в ней `busy.try_clone()?` и выполните её ещё раз."
        );
        let once = moved(1, "std::thread::JoinHandle<()>");
        assert!(once.contains("только один раз"), "{once}");
        assert!(!once.contains("ещё раз"), "{once}");
        let later = moved(2, "std::thread::JoinHandle<()>");
        assert!(later.contains("[1], выполните её ещё раз"), "{later}");
        assert!(!later.contains("clone"), "{later}");
    }

    #[test]
    fn cell_that_was_not_executed_is_named_by_its_heading() {
        let saved = |is_above, is_setup, is_first| {
            Found::Saved(Saved {
                heading: Some("Слушающий сокет".into()),
                is_above,
                is_setup,
                is_first,
            })
        };
        let below = said(saved(Some(false), false, false), &["l"]);
        assert_eq!(
            below,
            "`l` создаёт ячейка ниже в разделе «Слушающий сокет»: сначала \
             выполните её."
        );
        let setup = said(saved(Some(true), true, true), &["l"]);
        assert!(setup.contains("выполните ячейки подготовки"), "{setup}");
        let first = said(saved(Some(true), false, true), &["l"]);
        assert!(first.contains("ячейки подготовки, затем"), "{first}");
        assert!(first.contains("`l` создаёт ячейка в разделе"), "{first}");
    }
}
