//! The store of the variables of the cells, as `evcxr` puts it into every one.
//!
//! The same types and names, compiled once: what does not depend on the type of
//! a variable is kept out of the generic functions, so that a cell does not
//! have to compile a hash map. What the user reads is in the user's language.

pub mod evcxr_internal_runtime {
    use std::any::Any;
    use std::collections::HashMap;
    use std::sync::Arc;

    pub const VARIABLE_CHANGED_TYPE: &str = "EVCXR_VARIABLE_CHANGED_TYPE:";
    pub const USER_ERROR_OCCURRED: &str = "EVCXR_ERROR_OCCURRED";

    /// Has the layout of the one in the cells: both can meet.
    pub struct VariableStore {
        variables: HashMap<String, Box<dyn Any + 'static>>,
    }

    impl VariableStore {
        #[inline(never)]
        pub fn new() -> VariableStore {
            let variables = HashMap::new();
            VariableStore { variables }
        }

        pub fn put_variable<T: 'static>(&mut self, name: &str, value: T) {
            self.put(name, Box::new(value));
        }

        pub fn check_variable<T: 'static>(&mut self, name: &str) -> bool {
            let fits = self.get(name).is_none_or(|value| value.is::<T>());
            if !fits {
                tell_lost(name);
            }
            fits
        }

        pub fn take_variable<T: 'static>(&mut self, name: &str) -> T {
            match self.take(name).downcast() {
                Ok(value) => *value,
                Err(_) => changed(),
            }
        }

        pub fn lazy_arc<T: 'static, F: FnOnce() -> T>(
            &mut self,
            name: &str,
            create: F,
        ) -> Arc<T> {
            if self.get(name).is_none() {
                self.put(name, Box::new(Arc::new(create())));
            }
            match self.get(name).and_then(|value| value.downcast_ref()) {
                Some(value) => Arc::clone(value),
                None => lazy_changed(name),
            }
        }

        #[inline(never)]
        pub fn merge(&mut self, mut other: VariableStore) {
            self.variables.extend(other.variables.drain());
        }

        #[inline(never)]
        fn put(&mut self, name: &str, value: Box<dyn Any>) {
            self.variables.insert(name.to_owned(), value);
        }

        #[inline(never)]
        fn get(&self, name: &str) -> Option<&dyn Any> {
            self.variables.get(name).map(|value| &**value)
        }

        #[inline(never)]
        fn take(&mut self, name: &str) -> Box<dyn Any> {
            match self.variables.remove(name) {
                Some(value) => value,
                None => panic!("Variable '{name}' has gone missing"),
            }
        }
    }

    #[inline(never)]
    pub fn create_variable_store() -> *mut VariableStore {
        Box::into_raw(Box::new(VariableStore::new()))
    }

    #[inline(never)]
    fn tell_lost(name: &str) {
        eprintln!(
            "Тип переменной `{name}` определён заново, и её значение потеряно."
        );
        println!("{VARIABLE_CHANGED_TYPE}{name}");
    }

    #[inline(never)]
    fn changed() -> ! {
        panic!("Variable changed type");
    }

    #[inline(never)]
    fn lazy_changed(name: &str) -> ! {
        panic!("lazy_arc {name} changed type");
    }
}
