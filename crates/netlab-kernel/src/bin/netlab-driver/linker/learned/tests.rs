use super::*;

fn list(arguments: &str) -> Vec<String> {
    arguments.split_whitespace().map(str::to_owned).collect()
}

fn asked(temporary: &str, objects: &str) -> Vec<String> {
    list(&format!(
        "-Wl,--version-script={temporary}/list -m64 {temporary}/symbols.o \
         {objects} -lc -fuse-ld=lld -o libctx.so -shared"
    ))
}

fn told(temporary: &str, objects: &str) -> Vec<String> {
    list(&format!(
        "-plugin lto.so -plugin-opt=-fresolution=/tmp/ccX.res -shared -o \
         libctx.so crti.o -L/driver/ld --version-script={temporary}/list \
         {temporary}/symbols.o {objects} -lc crtn.o"
    ))
}

fn learned(asked: &[String], told: &[String]) -> Option<Learned> {
    Learned::from(asked, told, &Cell::of(asked)?, Path::new("/driver/ld"))
}

fn from_one_cell() -> Learned {
    let objects = "a.rcgu.o b.rcgu.o";
    learned(
        &asked("/deps/rustc1", objects),
        &told("/deps/rustc1", objects),
    )
    .unwrap()
}

#[test]
fn next_cell_is_linked_with_its_own_names() {
    let asked = asked("/deps/rustc2", "c.rcgu.o");
    let cell = Cell::of(&asked).unwrap();
    assert_eq!(
        from_one_cell().told(&asked, &cell).unwrap(),
        list(
            "-shared -o libctx.so crti.o --version-script=/deps/rustc2/list \
             /deps/rustc2/symbols.o c.rcgu.o -lc crtn.o"
        )
    );
}

#[test]
fn another_library_is_left_to_the_c_compiler() {
    let mut asked = asked("/deps/rustc2", "c.rcgu.o");
    asked.push("-lz".to_owned());
    let cell = Cell::of(&asked).unwrap();
    assert_eq!(from_one_cell().told(&asked, &cell), None);
}

#[test]
fn temporary_file_of_the_c_compiler_is_not_learned() {
    let asked = asked("/deps/rustc1", "a.rcgu.o");
    let mut told = told("/deps/rustc1", "a.rcgu.o");
    let temporary = env::temp_dir().join("ccY.o");
    told.push(temporary.to_str().unwrap().to_owned());
    assert_eq!(learned(&asked, &told), None);
}

#[test]
fn objects_in_another_order_are_not_learned() {
    let asked = asked("/deps/rustc1", "a.rcgu.o b.rcgu.o");
    let told = told("/deps/rustc1", "b.rcgu.o a.rcgu.o");
    assert_eq!(learned(&asked, &told), None);
}

#[test]
fn what_was_learned_is_read_as_it_was_written() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("link");
    from_one_cell().save(&file);
    assert_eq!(Learned::load(&file), Some(from_one_cell()));

    let bytes = fs::read(&file).unwrap();
    fs::write(&file, &bytes[..bytes.len() - 1]).unwrap();
    assert_eq!(Learned::load(&file), None);
}
