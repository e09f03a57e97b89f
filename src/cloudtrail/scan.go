package cloudtrail

import (
	"encoding/binary"
	"math/bits"
)

// The scanner checks JSON (RFC 8259, as encoding/json accepts it) and finds where values end, without building anything. It works
// on a buffer that goes on for at least scanSlack zero bytes after the data: a zero byte is legal nowhere in JSON, so it stops every
// loop and no loop needs to look for the end. Positions are indexes of the buffer; a fault at position p is answered as ^p, and a
// fault at the end of the data only means that more must be read.

const (
	scanSlack = 64
	maxDepth  = 10_000 // of nested arrays and objects, the limit of encoding/json
)

// nesting holds one bit for each open container: set for an object.
type nesting [maxDepth/64 + 1]uint64

func (n *nesting) push(depth int, opener byte) {
	bit := uint64(1) << (depth & 63)
	if opener == '{' {
		n[depth>>6] |= bit
	} else {
		n[depth>>6] &^= bit
	}
}

// closer is the byte that ends the container at this depth.
func (n *nesting) closer(depth int) byte {
	return ']' + byte(n[depth>>6]>>(depth&63)&1)<<5
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// stops marks, of eight bytes of a string, the high bit of those that end its plain run: quote, backslash, control. Only the lowest mark
// is exact. Exchanging quote and space by the XOR makes one comparison find both quotes and controls.
func stops(x uint64) uint64 {
	quote, slash := x^(ones*('"'^' ')), x^(ones*'\\')
	return ((quote - ones*(' '+1)) | (slash - ones)) &^ x & highs
}

// stringEnd finds the closing quote of a string; i is any position within it that does not follow a backslash.
func stringEnd(b []byte, i int) int {
	for {
		m := stops(binary.LittleEndian.Uint64(b[i:]))
		if m == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(m) >> 3
		switch b[i] {
		case '"':
			return i
		case '\\':
			if i = escapeEnd(b, i+1); i < 0 {
				return i
			}
		default:
			return ^i
		}
	}
}

// escapeEnd steps over an escape; i is the position after the backslash.
func escapeEnd(b []byte, i int) int {
	switch b[i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 1
	case 'u':
		for end := i + 4; i < end; {
			if i++; hexDigit(b[i]) < 0 {
				return ^i
			}
		}
		return i + 1
	default:
		return ^i
	}
}

// hexDigit is the value of a hexadecimal digit, -1 of any other byte.
func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	default:
		return -1
	}
}

// space steps over white space.
func space(b []byte, i int) int {
	for b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r' {
		i++
	}
	return i
}

// skip steps over one value that begins at i, after white space if there is any, inside depth open containers.
func (n *nesting) skip(b []byte, i, depth int) int {
	base := depth
	closer := byte(0)
value:
	if b[i] == '"' {
		if i = stringEnd(b, i+1); i < 0 {
			return i
		}
		i++
		goto after
	}
	switch b[i] {
	case '{', '[':
		if depth++; depth > maxDepth {
			return ^i
		}
		n.push(depth, b[i])
		closer = b[i] + 2
		if i = space(b, i+1); b[i] == closer {
			goto after
		}
		if closer == '}' {
			goto key
		}
		goto value
	case ' ', '\n', '\t', '\r':
		i = space(b, i)
		goto value
	default:
		if i = bareEnd(b, i); i < 0 {
			return i
		}
	}
after:
	if depth == base {
		return i
	}
	if b[i] == ',' {
		i++
		if closer == ']' {
			goto value
		}
		if b[i] != '"' {
			i = space(b, i)
		}
		goto key
	}
	switch b[i] {
	case closer:
		i++
		depth--
		closer = n.closer(depth)
		goto after
	case ' ', '\n', '\t', '\r':
		i = space(b, i)
		goto after
	default:
		return ^i
	}
key:
	if b[i] != '"' {
		return ^i
	}
	if i = stringEnd(b, i+1); i < 0 {
		return i
	}
	if i++; b[i] != ':' {
		if i = space(b, i); b[i] != ':' {
			return ^i
		}
	}
	i++
	goto value
}
