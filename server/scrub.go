package server

import (
	"regexp"
	"strings"
)

// sensitive finds what must not be in a log line. The first two alternatives
// are matched only to be kept: ids, times and addresses would look like phone numbers.
// \b keeps the digits inside hexadecimal words from looking like one.
//
//	1 ids, times, IPv4   2 JSON web tokens   3 e-mail addresses   4 phone numbers
var sensitive = regexp.MustCompile(`(?i)` +
	`(\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?|\b\d{1,3}(?:\.\d{1,3}){3}\b)` +
	`|(\beyJ[\w-]{4,}(?:\.[\w-]*){0,2})` +
	`|([\w.+%-]+@[\w-]+(?:\.[\w-]+)+)` +
	`|(\+\d[\d ().-]{5,}\d|\(?\b\d[\d ().-]{8,}\d\b)`)

// minPhoneDigits is how many digits make a number without a plus sign a phone
// number: national numbers have ten, dates and sizes fewer.
const minPhoneDigits = 10

// scrub blanks what looks like a token, an e-mail address or a phone number. It
// is the last net: nothing of the kind should reach it.
func scrub(s string) string {
	return sensitive.ReplaceAllStringFunc(s, func(found string) string {
		groups := sensitive.FindStringSubmatch(found)
		switch {
		case groups == nil: // only with different neighbours; be careful
			return "[redacted]"
		case groups[1] != "":
			return found
		case groups[2] != "":
			return "[token]"
		case groups[3] != "":
			return "[e-mail]"
		case !strings.HasPrefix(found, "+") && digits(found) < minPhoneDigits:
			return found
		default:
			return "[phone]"
		}
	})
}

func digits(s string) int {
	n := 0
	for _, c := range s {
		if c >= '0' && c <= '9' {
			n++
		}
	}
	return n
}
