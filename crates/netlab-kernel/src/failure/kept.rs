//! How a variable stays although something else wants to own its value: what
//! can be given away instead, by its type.

use crate::engine::bare;

/// What can be given away in place of a variable.
#[derive(Debug, PartialEq)]
pub(super) enum Kept {
    /// Another one for the same value, by this expression.
    Twin(String),
    /// `Arc::clone` of this, as soon as the value is in an `Arc`.
    InArc(String),
    /// A copy.
    Copy(String),
    /// Nothing, for this reason: values of the type have one owner.
    Nothing(&'static str),
    /// Nobody knows the type.
    Unknown(String),
}

/// Types whose `try_clone` gives another descriptor of the same.
const DESCRIPTORS: [&str; 9] = [
    "File",
    "OwnedFd",
    "Socket",
    "TcpListener",
    "TcpStream",
    "UdpSocket",
    "UnixDatagram",
    "UnixListener",
    "UnixStream",
];

/// Types that are shared, and not copied.
const SHARED: [&str; 4] = ["Barrier", "Condvar", "Mutex", "RwLock"];

/// Types that have a copy if what they hold has one.
const COPIED: [&str; 19] = [
    "Arc",
    "BTreeMap",
    "BTreeSet",
    "Box",
    "Duration",
    "HashMap",
    "HashSet",
    "Instant",
    "Ipv4Addr",
    "Ipv6Addr",
    "Option",
    "PathBuf",
    "Rc",
    "Sender",
    "SocketAddr",
    "String",
    "SyncSender",
    "Vec",
    "VecDeque",
];

/// What types are called that nobody can name, and those that are borrowed for
/// writing.
const NAMELESS: [&str; 5] = ["dyn", "fn", "impl", "mut", "closure"];

impl Kept {
    /// For the variable `name` of this type.
    pub(super) fn of(name: &str, of: &str) -> Self {
        let own = || name.to_owned();
        // A socket of tokio has no `try_clone`.
        let is_async = of.contains("tokio::");
        match &*bare(of) {
            "Arc" => Self::Twin(format!("`Arc::clone(&{name})`")),
            "Rc" => Self::Twin(format!("`Rc::clone(&{name})`")),
            "JoinHandle" | "ScopedJoinHandle" => Self::Nothing(
                "дождаться можно только один раз, ожидание забирает \
                 переменную: результат сохраните там же, где ждёте",
            ),
            "Receiver"
                if !of.contains("watch") && !of.contains("broadcast") =>
            {
                Self::Nothing(
                    "получатель у канала один: принимайте там, куда его отдали",
                )
            }
            bare if bare.ends_with("Guard") => Self::Nothing(
                "замок держит один владелец: возьмите замок там, где он нужен",
            ),
            bare if DESCRIPTORS.contains(&bare) && !is_async => {
                Self::Twin(format!("`{name}.try_clone()?`"))
            }
            bare if SHARED.contains(&bare) || bare.starts_with("Atomic") => {
                Self::InArc(own())
            }
            _ if is_copied(of) => Self::Copy(own()),
            _ => Self::Unknown(own()),
        }
    }

    /// What to give away, after "отдайте"; nothing if there is none.
    pub(super) fn given(&self) -> Option<String> {
        Some(match self {
            Self::Twin(twin) => twin.clone(),
            Self::InArc(name) => {
                format!("`Arc::clone(&{name})`, завернув значение в `Arc`")
            }
            Self::Copy(name) => format!("копию `{name}.clone()`"),
            Self::Unknown(name) => {
                format!("копию, если тип её даёт (`{name}.clone()`)")
            }
            Self::Nothing(_) => return None,
        })
    }

    /// The same with what there is beside a copy.
    pub(super) fn given_or_shared(&self) -> Option<String> {
        let given = self.given()?;
        Some(match self {
            Self::Copy(_) | Self::Unknown(_) => {
                format!("{given}, а общее значение заверните в `Arc`")
            }
            _ => given,
        })
    }

    /// Why there is nothing to give away.
    pub(super) fn why_not(&self) -> &'static str {
        match self {
            Self::Nothing(reason) => reason,
            _ => "",
        }
    }
}

/// Whether values of the type certainly have a copy.
fn is_copied(of: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut words = of.split(|c: char| !is_part(c)).filter(|w| !w.is_empty());
    // Words in small letters are modules and numbers.
    let is_one = |word: &str| match word.starts_with(char::is_uppercase) {
        true => COPIED.contains(&word),
        false => !NAMELESS.contains(&word),
    };
    !of.is_empty() && words.all(is_one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_says_what_can_be_given_away() {
        for (of, given) in [
            ("std::sync::Arc<Mutex<u8>>", "`Arc::clone(&x)`"),
            ("Rc<RefCell<u8>>", "`Rc::clone(&x)`"),
            ("std::net::TcpListener", "`x.try_clone()?`"),
            ("std::os::unix::net::UnixDatagram", "`x.try_clone()?`"),
            ("std::fs::File", "`x.try_clone()?`"),
            ("Mutex<u8>", "`Arc::clone(&x)`, завернув значение в `Arc`"),
            ("alloc::vec::Vec<(String, u8)>", "копию `x.clone()`"),
            ("std::sync::mpsc::Sender<u8>", "копию `x.clone()`"),
        ] {
            assert_eq!(Kept::of("x", of).given().unwrap(), given, "{of}");
        }
    }

    #[test]
    fn copy_of_an_unknown_type_is_not_promised() {
        for of in [
            "",
            "Mine",
            "Vec<std::net::TcpStream>",
            "tokio::net::TcpStream",
            "Box<dyn FnOnce()>",
            "&mut String",
        ] {
            assert_eq!(Kept::of("x", of), Kept::Unknown("x".into()), "{of}");
        }
    }

    #[test]
    fn value_with_one_owner_has_a_reason() {
        for (of, why) in [
            ("std::thread::JoinHandle<()>", "один раз"),
            ("tokio::task::JoinHandle<()>", "один раз"),
            ("std::sync::mpsc::Receiver<u8>", "получатель"),
            ("MutexGuard<'_, u8>", "замок"),
        ] {
            let kept = Kept::of("x", of);
            assert_eq!(kept.given(), None, "{of}");
            assert!(kept.why_not().contains(why), "{of}");
        }
    }
}
