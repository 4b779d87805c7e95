"""Writes UnicodeTables.txt from the Unicode data of Python: python3 unicode_tables.py > UnicodeTables.txt"""
import sys
import unicodedata

HANGUL = range(0xAC00, 0xD7A4)


def main():
    print(f"# Unicode {unicodedata.unidata_version}: decompositions and combining classes, for normalization without the host's ICU.")
    print("# Copyright Unicode, Inc.; Unicode License, https://www.unicode.org/license.txt")
    print("# D code mapping: canonical, composes again. S code mapping: canonical, never composes. K code mapping: compatibility.")
    print("# C code class: canonical combining class.")
    for code in range(sys.maxunicode + 1):
        mapping = unicodedata.decomposition(chr(code))
        if mapping and code not in HANGUL:
            parts = mapping.split()
            if parts[0].startswith("<"):
                print("K", f"{code:X}", *parts[1:])
            else:
                composes = unicodedata.normalize("NFC", unicodedata.normalize("NFD", chr(code))) == chr(code)
                print("D" if composes else "S", f"{code:X}", *parts)
        combining = unicodedata.combining(chr(code))
        if combining:
            print("C", f"{code:X}", combining)


main()
