// Code and what it shows are larger where all of it fits: half a slide would
// stay empty otherwise. A drawing takes the room that is left, so it decides
// nothing.
function useRoom() {
  const slide = Reveal.getCurrentSlide();
  if (!slide.querySelector(".jp-CodeCell") || slide.querySelector("img")) return;
  slide.classList.add("roomy");
  const boxes = ".jp-Cell-outputWrapper, .jp-InputArea-editor .highlight";
  const tight = [slide, ...slide.querySelectorAll(boxes)].some(
    (box) => box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1,
  );
  slide.classList.toggle("roomy", !tight);
}

Reveal.on("ready", useRoom);
Reveal.on("slidechanged", useRoom);
