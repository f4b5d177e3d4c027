package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// licenceFile is how modules call the file, licenceKinds are sentences that only that licence's text has. Whoever writes a
// text of their own is looked at by people.
var (
	licenceFile  = regexp.MustCompile(`(?i)^(?:licen[sc]e|copying|unlicense)(?:$|[.-])`)
	licenceKinds = []struct{ name, sentence string }{
		{"MPL-2.0", "mozilla public license version 2.0"},
		{"Apache-2.0", "apache license version 2.0, january 2004"},
		{"MIT", "permission is hereby granted, free of charge, to any person obtaining a copy"},
		{"BSD", "redistribution and use in source and binary forms, with or without modification, are permitted"},
		{"ISC", "distribute this software for any purpose with or without fee is hereby granted"},
	}
	// Written in the titles of licences that ask more of us than a notice, and in additions to permissive ones.
	refused = regexp.MustCompile(`GNU (?:LESSER |AFFERO )?GENERAL PUBLIC LICENSE|Server Side Public License|Business Source License|Commons Clause|Elastic License|PolyForm|Creative Commons`)
)

// licenceOf is the kind of a licence's text, "" for one that is unknown or asks more than a notice.
func licenceOf(text string) string {
	if refused.MatchString(text) {
		return ""
	}
	plain := strings.ToLower(strings.Join(strings.Fields(text), " "))
	for _, kind := range licenceKinds {
		if strings.Contains(strings.ReplaceAll(plain, "=", ""), kind.sentence) || strings.Contains(plain, kind.sentence) {
			return kind.name
		}
	}
	return ""
}

// checkLicences reads the licence of every module of which a package is linked into one of the programs, from Go's module
// cache. A module without a file that says one of licenceKinds is a finding.
func checkLicences(ctx context.Context) (looked int, findings []string, err error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Dir}}{{end}}{{end}}", "./cmd/...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return 0, nil, fmt.Errorf("ask go for the linked modules: %w", err)
	}
	modules := strings.Split(strings.TrimSpace(string(out)), "\n")
	slices.Sort(modules)
	for _, module := range slices.Compact(modules) {
		path, dir, found := strings.Cut(module, " ")
		if !found {
			continue // of the standard library
		}
		looked++
		kinds, err := licencesIn(dir)
		if err != nil {
			return 0, nil, fmt.Errorf("licence of %s: %w", path, err)
		}
		if len(kinds) == 0 || slices.Contains(kinds, "") {
			findings = append(findings, path+": no licence that is known to let us link it, see "+dir)
		}
	}
	return looked, findings, nil
}

// licencesIn are the kinds of the licence files of a module's folder; "" stands for one that is not known.
func licencesIn(dir string) (kinds []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		if !entry.Type().IsRegular() || !licenceFile.MatchString(entry.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			return nil, err
		}
		kinds = append(kinds, licenceOf(string(text)))
	}
	return kinds, nil
}
