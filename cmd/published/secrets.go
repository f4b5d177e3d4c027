package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// A rule is a shape of secret. Where it has a group, that is the secret, else all of the match is.
type rule struct {
	name  string
	shape *regexp.Regexp
	// disorder is the least entropy of the secret in bits per character, which placeholders do not reach.
	disorder float64
}

// assigned is the rule for any value that is called a key.
const assigned = "assigned"

// rules are the shapes of what this product is configured with, of what developers' machines hold, and, last, of anything
// that is called a key. The shapes are the providers' own, from their documentation.
func rules() []rule {
	return []rule{
		{"private_key", regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----`), 0},
		{"twilio", regexp.MustCompile(`\b(?:AC|SK)([0-9a-f]{32})\b`), 3},
		{"resend", regexp.MustCompile(`\bre_[A-Za-z0-9]{8}_([A-Za-z0-9]{20,})\b`), 3},
		{"supabase", regexp.MustCompile(`\b(?:sb_secret_|sbp_)([A-Za-z0-9_-]{20,})`), 3},
		{"google", regexp.MustCompile(`\b(?:AIza|GOCSPX-|ya29\.|1//0)([A-Za-z0-9_-]{24,})`), 3.5},
		{"azure", regexp.MustCompile(`\b([A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34})|AccountKey=([A-Za-z0-9+/]{86}==)`), 3.5},
		{"aws", regexp.MustCompile(`\b(?:AKIA|ASIA)([0-9A-Z]{16})\b`), 2.5},
		{"github", regexp.MustCompile(`\b(?:gh[pousr]_|github_pat_)([A-Za-z0-9_]{30,})\b`), 3},
		{"slack", regexp.MustCompile(`\bxox[abeoprs]-([A-Za-z0-9-]{10,})`), 2.5},
		{"secret_key", regexp.MustCompile(`\b(?:sk-|[sr]k_live_)([A-Za-z0-9_-]{20,})`), 3.5},
		{"jwt", regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.([A-Za-z0-9_-]{20,})`), 3},
		{"address_with_password", regexp.MustCompile(`://[^\s:/@"'$]+:([^\s:/@"'$]{16,})@`), 3.5},
		// A value in quotes or at the end of an assignment, long and without order, with digits: no word, no path.
		{assigned, regexp.MustCompile(`(?i)(?:key|secret|token|password)["']?\s*(?::=|=|:)\s*["'` + "`" + `]?([A-Za-z0-9+/_-]{24,}={0,2})(?:["'` + "`" + `\s,;]|$)`), 3.7},
	}
}

// looksMade says that a value was made for tests or stands for one: it says so itself.
var looksMade = regexp.MustCompile(`(?i)test-secret-|example|placeholder|changeme|x{6,}|0123456789abcdef`)

// shortestRun is how many characters without a gap the shortest secret has whose shape is known.
const shortestRun = 15

// mayHold says whether a line is worth the rules: it has a long run of a secret's characters with a digit among them, or
// the head of a key. It spares nine tenths of the time.
func mayHold(line []byte) bool {
	run, digit := 0, false
	for _, c := range line {
		switch {
		case c >= '0' && c <= '9':
			run, digit = run+1, true
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', bytes.IndexByte([]byte("+/_.~-"), c) >= 0:
			run++
		default:
			run, digit = 0, false
		}
		if run >= shortestRun && digit {
			return true
		}
	}
	return bytes.Contains(line, []byte("PRIVATE KEY"))
}

// scanText returns the rules that a text breaks, each as "line: rule", where allowed does not say that they may.
func scanText(rules []rule, text []byte, allowed func(rule string, line []byte) bool) (findings []string) {
	number := 0
	for line := range bytes.Lines(text) {
		number++
		if !mayHold(line) {
			continue
		}
		for _, r := range rules {
			if r.brokenBy(line) && !allowed(r.name, line) {
				findings = append(findings, fmt.Sprintf("%d: %s", number, r.name))
			}
		}
	}
	return findings
}

// brokenBy says whether a line holds a secret of the rule's shape that was not made for tests.
func (r rule) brokenBy(line []byte) bool {
	for _, groups := range r.shape.FindAllSubmatch(line, -1) {
		secret := groups[0]
		for _, group := range groups[1:] {
			if group != nil {
				secret = group
			}
		}
		if entropy(secret) >= r.disorder && !looksMade.Match(groups[0]) && (r.name != assigned || bytes.ContainsAny(secret, "0123456789")) {
			return true
		}
	}
	return false
}

// entropy is Shannon's, in bits for each character.
func entropy(text []byte) (bits float64) {
	counts := map[byte]int{}
	for _, c := range text {
		counts[c]++
	}
	for _, n := range counts {
		p := float64(n) / float64(len(text))
		bits -= p * math.Log2(p)
	}
	return bits
}

// isProgram says whether a file is what a compiler writes, for Linux, macOS or Windows. `go build ./cmd/…` leaves one in the
// folder that it is called in, and a history never forgets its size.
func isProgram(text []byte) bool {
	for _, begins := range []string{"\x7fELF", "\xcf\xfa\xed\xfe", "MZ\x90"} {
		if bytes.HasPrefix(text, []byte(begins)) {
			return true
		}
	}
	return false
}

// scanFolder looks through every file of a checkout that git would publish, and at the lines of its allowed.txt that
// nothing needs any more. What was found is never printed, only where.
func scanFolder(ctx context.Context, root string) (looked int, findings []string, err error) {
	files, err := publishedFiles(ctx, root)
	if err != nil {
		return 0, nil, err
	}
	list, err := readAllowed(filepath.Join(root, "cmd", "published", "allowed.txt"))
	if err != nil {
		return 0, nil, err
	}
	shapes := rules()
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(root, file))
		if os.IsNotExist(err) { // deleted and not committed yet
			continue
		} else if err != nil {
			return 0, nil, fmt.Errorf("read what would be published: %w", err)
		}
		looked++
		if isProgram(text) {
			findings = append(findings, file+": a program: remove it, whoever wants it builds it")
			continue
		}
		for _, found := range scanText(shapes, text, func(rule string, line []byte) bool { return list.allows(file, rule, string(line)) }) {
			findings = append(findings, file+":"+found+": if it is a secret, withdraw it at its provider; if not, say why in cmd/published/allowed.txt")
		}
	}
	for _, entry := range list {
		if !entry.used {
			findings = append(findings, "cmd/published/allowed.txt: nothing needs this line: "+strings.Join([]string{entry.file, entry.rule, entry.part}, " "))
		}
	}
	return looked, findings, nil
}
