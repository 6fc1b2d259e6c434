"""Plain lines of a CSV to columns, several times faster than the csv module makes rows of them."""


def plain_columns(text: str, delimiter: str) -> list[list[str]] | None:
    """Returns the cells of whole lines by column; None unless that is what csv would make of them.

    It is, for certain, without a quote, where each line has as many cells as the others and is no blank one.

    Args:
        text: The lines, of ASCII text.
        delimiter: What separates the cells.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if '"' in text or "\r" in text:
        return None
    text = text.removesuffix("\n") + "\n"
    count = text.count("\n")
    # Each line end becomes a cell of its own, so they are one column if the lines are equally wide.
    cells = text.replace("\n", f"{delimiter}\n{delimiter}").split(delimiter)
    cells.pop()
    step = len(cells) // count
    *columns, ends = (cells[n::step] for n in range(step))
    return columns if ends.count("\n") == len(ends) == count and all(map(str.strip, columns[0])) else None
