package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"regexp"
)

// planted is a value that tests put in, in every spelling in which it could come out.
type planted struct {
	what    string
	pattern *regexp.Regexp
}

// values lists what the tests' people, secrets and words look like: numbers set
// aside for fiction, surnames of one family, one domain, one word, one prefix.
func values() []planted {
	return []planted{
		{"a telephone number", regexp.MustCompile(`(?:^|[^0-9A-Za-z]|%2[Bb])(?:\+?1[ .-]*)?\(?312\)?[ ./-]*555[ .-]*[0-9]{2}[ .-]*[0-9]{2}(?:[^0-9]|$)`)},
		{"a telephone number", regexp.MustCompile(`(?:^|[^0-9A-Za-z]|%2[Bb])(?:\+?44[ .-]*)?\(?0?\)?20\)?[ .-]*7946[ .-]*[0-9]{2}[ .-]*[0-9]{2}(?:[^0-9]|$)`)},
		{"a spoken telephone number", regexp.MustCompile(`(?i)three[ ,-]+one[ ,-]+two[ ,-]+five[ ,-]+five`)},
		{"a name", regexp.MustCompile(`(?i)quill`)},
		{"an e-mail address", regexp.MustCompile(`(?i)(?:@|%40)patients\.example`)},
		{"words of a transcript", regexp.MustCompile(`(?i)zanzibar[ _-]?lilac`)},
		{"a secret", regexp.MustCompile(`(?i)test-secret-`)},
		{"a token", regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}`)},
	}
}

// maxLine is the longest line that is read; a longer one is an error, not a gap.
const maxLine = 8 << 20

// scan returns how many bytes it looked at, and an error for every line that
// holds a planted value or could not be read. The error names file, line and
// kind of value, and shows the line: the values are invented.
func scan(files []string) (looked int, err error) {
	var problems []error
	for _, path := range files {
		n, found := scanFile(path, values())
		looked += n
		problems = append(problems, found...)
	}
	return looked, errors.Join(problems...)
}

func scanFile(path string, values []planted) (looked int, problems []error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, []error{err}
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		looked += len(lines.Bytes())
		for _, v := range values {
			if v.pattern.Match(lines.Bytes()) {
				problems = append(problems, fmt.Errorf("%s:%d: %s: %.300s", path, n, v.what, lines.Bytes()))
			}
		}
	}
	if err := lines.Err(); err != nil {
		problems = append(problems, fmt.Errorf("%s: %w", path, err))
	}
	return looked, problems
}
