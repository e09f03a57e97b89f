package cloudtrail

// bareEnd steps over true, false, null or a number.
func bareEnd(b []byte, i int) int {
	switch b[i] {
	case 't':
		return wordEnd(b, i, "true")
	case 'f':
		return wordEnd(b, i, "false")
	case 'n':
		return wordEnd(b, i, "null")
	default:
		return numberEnd(b, i)
	}
}

func wordEnd(b []byte, i int, word string) int {
	for j := range len(word) {
		if b[i+j] != word[j] {
			return ^(i + j)
		}
	}
	return i + len(word)
}

func numberEnd(b []byte, i int) int {
	if b[i] == '-' {
		i++
	}
	if b[i] == '0' {
		i++
	} else if i = digitsEnd(b, i); i < 0 {
		return i
	}
	if b[i] == '.' {
		if i = digitsEnd(b, i+1); i < 0 {
			return i
		}
	}
	if b[i]|0x20 == 'e' {
		if i++; b[i] == '+' || b[i] == '-' {
			i++
		}
		return digitsEnd(b, i)
	}
	return i
}

// digitsEnd steps over one digit or more.
func digitsEnd(b []byte, i int) int {
	start := i
	for b[i]-'0' < 10 {
		i++
	}
	if i == start {
		return ^i
	}
	return i
}
