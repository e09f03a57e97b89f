package cloudtrail

import (
	"unicode/utf16"
	"unicode/utf8"
)

// unquote appends what the inside of a valid JSON string spells. Bytes that are no UTF-8 and lone surrogates become U+FFFD, one for
// each, as with encoding/json.
func unquote(to, inside []byte) []byte {
	for i := 0; i < len(inside); {
		c := inside[i]
		switch {
		case c == '\\' && inside[i+1] == 'u':
			r, size := unescapeRune(inside[i:])
			to = utf8.AppendRune(to, r)
			i += size
		case c == '\\':
			to = append(to, unescape(inside[i+1]))
			i += 2
		case c < utf8.RuneSelf:
			to = append(to, c)
			i++
		default:
			r, size := utf8.DecodeRune(inside[i:])
			to = utf8.AppendRune(to, r)
			i += size
		}
	}
	return to
}

func unescape(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	default:
		return c
	}
}

// unescapeRune reads \uXXXX, and the second half of a surrogate pair with it; size is the bytes read.
func unescapeRune(s []byte) (r rune, size int) {
	r = hex4(s)
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	if len(s) >= 12 && s[6] == '\\' && s[7] == 'u' {
		if pair := utf16.DecodeRune(r, hex4(s[6:])); pair != utf8.RuneError {
			return pair, 12
		}
	}
	return utf8.RuneError, 6
}

func hex4(s []byte) rune {
	var r rune
	for _, c := range s[2:6] {
		r = r<<4 | rune(hexDigit(c))
	}
	return r
}
