"""Sets the text of an ODT that pandoc wrote in two columns under a running head: pandoc knows no columns."""
import re
import sys
import zipfile

path = sys.argv[1]
with zipfile.ZipFile(path) as archive:
    files = {entry.filename: archive.read(entry.filename) for entry in archive.infolist()}
styles = files["styles.xml"].decode()
columns = '<style:columns fo:column-count="2" fo:column-gap="0.8cm"/>'
head = "<style:header><text:p>Quillgate Maternity News, spring</text:p></style:header>"
styles = styles.replace('fo:page-width="8.5in"', 'fo:page-width="6in"').replace('fo:page-height="11in"', 'fo:page-height="9in"')
styles, once = re.subn(r"(<style:page-layout-properties[^>]*[^/>])>", r"\1>" + columns, styles, count=1)
styles, twice = re.subn(r"(<style:master-page [^>]*[^/>])>", r"\1>" + head, styles, count=1)
if once + twice != 2:
    sys.exit("the styles are not as expected")
files["styles.xml"] = styles.encode()
with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("mimetype", files.pop("mimetype"), zipfile.ZIP_STORED)
    for name, content in files.items():
        archive.writestr(name, content)
