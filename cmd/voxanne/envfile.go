package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
)

// variable is one line of the env file.
type variable struct{ name, value string }

const envFileHeader = `# Written by "voxanne dev" at every start: every value in use, for other programs.
#   set -a; . %s
# It holds secrets of this machine's development instance. Do not commit it.
`

// writeEnvFile replaces path by the variables, readable by its owner only. A
// reader, or a crash, meets the old file or the new one, never half of it.
func writeEnvFile(path string, variables []variable) error {
	var text strings.Builder
	fmt.Fprintf(&text, envFileHeader, path)
	for _, v := range variables {
		fmt.Fprintf(&text, "%s=%s\n", v.name, quote(v.value))
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".env-*") // mode 0600
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(file.Name()) // gone by then, unless something failed
	_, err = file.WriteString(text.String())
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// quote makes a value one word for every POSIX shell.
func quote(value string) string {
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}

// readEnvFile reads what writeEnvFile wrote; a missing file is empty.
func readEnvFile(path string) (map[string]string, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]string{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the values of the last start: %w", err)
	}
	defer file.Close()
	values := map[string]string{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		name, value, found := strings.Cut(lines.Text(), "=")
		if !found || strings.HasPrefix(name, "#") {
			continue
		}
		value = strings.TrimSuffix(strings.TrimPrefix(value, "'"), "'")
		values[name] = strings.ReplaceAll(value, `'\''`, "'")
	}
	return values, lines.Err()
}

// homeDir is the folder of the development instance.
func homeDir(environ map[string]string) string {
	if home := environ["VOXANNE_HOME"]; home != "" {
		return home
	}
	return ".local"
}

func envFilePath(home string) string { return filepath.Join(home, "env") }

// developmentEnviron is the environment for a command that works on the
// instance of `voxanne dev`: what it wrote, under what the caller set. A caller
// who names a database or an environment means another instance, and gets
// nothing from the file.
func developmentEnviron(p process) (map[string]string, error) {
	for _, name := range []string{"DATABASE_URL", "ADMIN_DATABASE_URL", "VOXANNE_ENV"} {
		if p.environ[name] != "" {
			return p.environ, nil
		}
	}
	values, err := readEnvFile(envFilePath(homeDir(p.environ)))
	if err != nil {
		return nil, err
	}
	maps.Copy(values, p.environ)
	return values, nil
}
