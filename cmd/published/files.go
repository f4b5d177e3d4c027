package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// publishedFiles are those that git knows or would add, relative to root. A checkout without git, such as an unpacked
// archive, has all of its files looked at but those that make writes, and .env, which .gitignore names too.
func publishedFiles(ctx context.Context, root string) ([]string, error) {
	if _, err := os.Stat(filepath.Join(root, ".git")); err != nil {
		return filesWithoutGit(root)
	}
	cmd := exec.CommandContext(ctx, "git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	out, err := cmd.Output()
	var refused *exec.ExitError
	switch {
	case errors.As(err, &refused): // as in a checkout of another user's
		return nil, fmt.Errorf("ask git for its files: %w: %s", err, bytes.TrimSpace(refused.Stderr))
	case err != nil:
		return nil, fmt.Errorf("ask git for its files: %w", err)
	}
	var files []string
	for _, name := range bytes.Split(bytes.TrimRight(out, "\x00"), []byte{0}) {
		if info, err := os.Lstat(filepath.Join(root, string(name))); err == nil && info.Mode().IsRegular() {
			files = append(files, string(name))
		}
	}
	return files, nil
}

func filesWithoutGit(root string) (files []string, err error) {
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		switch {
		case entry.IsDir() && (name == ".local" || name == "bin"):
			return fs.SkipDir
		case entry.Type().IsRegular() && name != ".env":
			files = append(files, name)
		}
		return nil
	})
	return files, err
}

// allowance lets lines of one file that hold part break one rule.
type allowance struct {
	file, rule, part string
	used             bool
}

type allowances []*allowance

// readAllowed reads lines of "file rule part # reason". Error: a line has another form; without a reason nothing is allowed.
func readAllowed(path string) (list allowances, err error) {
	text, err := os.Open(path)
	if os.IsNotExist(err) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	defer text.Close()
	lines := bufio.NewScanner(text)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		entry, reason, _ := strings.Cut(line, " # ")
		fields := strings.Fields(entry)
		if len(fields) != 3 || strings.TrimSpace(reason) == "" {
			return nil, fmt.Errorf("%s: want «file rule part # reason»: %s", path, line)
		}
		list = append(list, &allowance{file: fields[0], rule: fields[1], part: fields[2]})
	}
	return list, lines.Err()
}

func (list allowances) allows(file, rule, line string) bool {
	for _, entry := range list {
		if entry.file == file && entry.rule == rule && strings.Contains(line, entry.part) {
			entry.used = true
			return true
		}
	}
	return false
}
