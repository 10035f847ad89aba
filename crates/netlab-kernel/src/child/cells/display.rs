pub trait DisplayOfCells {
    fn evcxr_display(&self);
}
impl<T: std::fmt::Debug> DisplayOfCells for T {
    fn evcxr_display(&self) {
        let text = format!("{self:?}");
        if text != "()" {
            println!(
                "EVCXR_BEGIN_CONTENT text/plain\n{text}\nEVCXR_END_CONTENT"
            );
        }
    }
}
