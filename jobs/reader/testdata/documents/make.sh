#!/bin/bash
# Makes the documents of this folder anew from sources/. README.md names the programs and their versions. The tests do not need
# them: what is committed was made once.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SOURCE_DATE_EPOCH=1893456000 # the same dates in every file

latex() { # twice: tables that run over pages need it
  for _ in 1 2; do pdflatex -interaction=batchmode -output-directory "$work" "sources/$1.tex" >/dev/null; done
  mv "$work/$1.pdf" "latex-$1.pdf"
}

office() { # source, format, name, more
  soffice --headless -env:UserInstallation="file://$work/profile" "${@:4}" --convert-to "$2" --outdir "$work" "$1" >/dev/null 2>&1
  local made="$work/$(basename "${1%.*}").${2%%:*}"
  mv "$made" "$3"
}

chrome() {
  chromium --headless --no-sandbox --disable-gpu --no-pdf-header-footer --print-to-pdf="$2" "file://$PWD/$1" >/dev/null 2>&1
}

latex preisliste
latex aftercare
groff -k -ms -Tps sources/leaflet.ms > "$work/leaflet.ps"
ps2pdf "$work/leaflet.ps" groff-ghostscript-leaflet.pdf
groff -k -ms -Tpdf sources/leaflet.ms > groff-leaflet.pdf

chrome sources/seguro.html chromium-seguro.pdf
chrome sources/treatments.html chromium-treatments.pdf
chrome sources/arabic.html chromium-arabic.pdf
chrome sources/hebrew.html chromium-hebrew.pdf
weasyprint -q sources/handbook.html weasyprint-handbook.pdf
rsvg-convert -f pdf -o cairo-poster.pdf sources/poster.svg
rsvg-convert -f pdf -o cairo-hebrew.pdf sources/vaccines-hebrew.svg

pandoc -o "$work/travel.docx" sources/travel.md
mv "$work/travel.docx" pandoc-travel.docx
pandoc -s -o pandoc-policy.html sources/policy.md
pandoc -o "$work/newsletter.odt" sources/newsletter.md
python3 sources/columns.py "$work/newsletter.odt"
office "$work/newsletter.odt" pdf libreoffice-newsletter.pdf
office sources/allergy.html docx:"MS Word 2007 XML" libreoffice-allergy.docx
office sources/pharmacy.html html libreoffice-pharmacy.html
office sources/hebrew.html pdf libreoffice-hebrew.pdf
office sources/services.csv pdf libreoffice-calc-services.pdf --infilter=CSV:59,34,76 # semicolons, quotes, UTF-8
cp sources/services.csv services-semicolon.csv
{ printf '\xff\xfe'; iconv -f UTF-8 -t UTF-16LE sources/hours.csv; } > hours-utf16.csv
cp sources/blood.md blood.md
iconv -f UTF-8 -t WINDOWS-1252 sources/datenschutz.txt > datenschutz-windows1252.txt

# A scan: pixels. Then the same with the text that tesseract recognised, drawn invisibly over them.
weasyprint -q sources/consent.html "$work/consent.pdf"
pdftoppm -r 150 -mono -png -singlefile "$work/consent.pdf" "$work/consent"
img2pdf --output scan.pdf "$work/consent.png"
tesseract "$work/consent.png" tesseract-scan --dpi 150 -l eng pdf >/dev/null 2>&1

pandoc -o "$work/dialysis.pdf" sources/dialysis.md
qpdf --linearize --object-streams=generate "$work/dialysis.pdf" qpdf-linearized.pdf
qpdf --encrypt "" quill 256 -- cairo-poster.pdf qpdf-protected.pdf
qpdf --encrypt lilac quill 256 -- cairo-poster.pdf qpdf-password.pdf
