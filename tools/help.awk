# `make help`: the targets of the Makefile under their headings, each text broken where the terminal ends.

BEGIN {
  indent = 25
  if (columns + 0 < 60) columns = 80
}

/^## / { printf "\n%s\n", substr($0, 4) }

/^[a-z-]+:.*## / {
  split($0, part, /:.*## /)
  line = sprintf("  make %-" (indent - 8) "s", part[1])
  count = split(part[2], word, " ")
  empty = 1
  for (i = 1; i <= count; i++) {
    if (!empty && length(line) + 1 + length(word[i]) > columns) {
      print line
      line = sprintf("%" (indent - 1) "s", "")
    }
    line = line " " word[i]
    empty = 0
  }
  print line
}
