package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/voxanne-ai/voxanne/server"
)

// variables are the names of everything that server.Config reads.
func variables() (names []string) {
	config := reflect.TypeFor[server.Config]()
	for i := range config.NumField() {
		if name, ok := config.Field(i).Tag.Lookup("env"); ok && name != "-" {
			names = append(names, name)
		}
	}
	return names
}

// requireCommand wants the command line of a package to be one that the program knows, with flags of its own.
func requireCommand(t *testing.T, line []string) {
	t.Helper()
	require.NotEmpty(t, line)
	known := slices.ContainsFunc(commands(), func(c command) bool { return c.name == line[0] })
	require.True(t, known, "voxanne has no command %s", line[0])
	var out bytes.Buffer
	status := run(t.Context(), process{out: &out, err: &out}, append(slices.Clone(line), "-h"))
	require.Equal(t, statusDone, status, "%v: %s", line, &out)
}

func TestTheImageIsBuiltAsMakeBuilds(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../Dockerfile")
	require.NoError(t, err)
	made, err := os.ReadFile("../../Makefile")
	require.NoError(t, err)
	toolchain, err := os.ReadFile("../../go.mod")
	require.NoError(t, err)
	dockerfile := string(text)
	built, last, found := strings.Cut(dockerfile, "\nFROM gcr.io/distroless/static-")
	require.True(t, found, "the last stage has nothing but certificates and time zones")
	goVersion := regexp.MustCompile(`(?m)^go (\S+)$`).FindStringSubmatch(string(toolchain))[1]
	require.Contains(t, built, "FROM golang:"+goVersion+"-")
	for _, argument := range []string{"CGO_ENABLED=0", "-X main.linkedVersion=", "-X main.linkedCommit="} {
		require.Contains(t, built, argument)
		require.Contains(t, string(made), argument, "make build")
	}
	require.Regexp(t, `(?m)^USER 65532:65532$`, last)
	require.NotContains(t, last, "\nRUN ", "there is no shell")
	for _, form := range []string{"CMD", "HEALTHCHECK .* CMD", "ENTRYPOINT"} {
		written := regexp.MustCompile(`(?m)^` + form + ` \[(.*)\]$`).FindStringSubmatch(last)
		require.NotNil(t, written, form)
		words := regexp.MustCompile(`"([^"]+)"`).FindAllStringSubmatch(written[1], -1)
		var line []string
		for _, word := range words {
			line = append(line, word[1])
		}
		if form == "ENTRYPOINT" {
			require.Equal(t, []string{"/usr/local/bin/voxanne"}, line)
			continue
		}
		requireCommand(t, slices.DeleteFunc(line, func(word string) bool { return word == "/usr/local/bin/voxanne" }))
	}
	set := regexp.MustCompile(`(?m)^ENV (.*)$`).FindStringSubmatch(last)
	require.NotNil(t, set)
	require.Contains(t, strings.Fields(set[1]), "VOXANNE_ENV=production")
	for _, pair := range strings.Fields(set[1]) {
		name, _, _ := strings.Cut(pair, "=")
		require.Contains(t, variables(), name)
	}
}

// composed is what compose.yaml says of a service.
type composed struct {
	Command     []string          `yaml:"command"`
	Environment map[string]string `yaml:"environment"`
	ReadOnly    bool              `yaml:"read_only"`
	CapDrop     []string          `yaml:"cap_drop"`
	SecurityOpt []string          `yaml:"security_opt"`
	Ports       []string          `yaml:"ports"`
	Grace       string            `yaml:"stop_grace_period"`
	Build       struct {
		Args map[string]string `yaml:"args"`
	} `yaml:"build"`
	Healthcheck struct {
		Test []string `yaml:"test"`
	} `yaml:"healthcheck"`
}

func TestWhatIsComposedIsWhatTheProgramKnows(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../compose.yaml")
	require.NoError(t, err)
	var file struct {
		Services map[string]composed `yaml:"services"`
	}
	require.NoError(t, yaml.Unmarshal(text, &file))
	dockerfile, err := os.ReadFile("../../Dockerfile")
	require.NoError(t, err)
	for argument := range file.Services["migrate"].Build.Args {
		require.Contains(t, string(dockerfile), "ARG "+argument+"=")
	}
	for name, service := range file.Services {
		for _, port := range service.Ports {
			require.True(t, strings.HasPrefix(port, "127.0.0.1:"), "%s is open to the network without TLS", name)
		}
		if name == "postgres" {
			continue
		}
		requireCommand(t, service.Command)
		for variable := range service.Environment {
			require.Contains(t, variables(), variable, name)
		}
		if name == "migrate" {
			continue
		}
		require.True(t, service.ReadOnly, name)
		require.Equal(t, []string{"ALL"}, service.CapDrop, name)
		require.Equal(t, []string{"no-new-privileges:true"}, service.SecurityOpt, name)
		require.Equal(t, "35s", service.Grace, name)
		require.NotContains(t, service.Environment, "ADMIN_DATABASE_URL", "%s does not need the owner", name)
		requireStarts(t, service.Environment)
	}
	require.Contains(t, strings.Join(file.Services["work"].Healthcheck.Test, " "), "voxanne health --work")
}

// requireStarts loads the configuration that the variables make, each ${…} filled in as an operator would.
func requireStarts(t *testing.T, environment map[string]string) {
	t.Helper()
	given := map[string]string{
		"LOGIN_PASSWORD": "test-secret-login", "JWT_SECRET": "test-secret-jwt-0123456789abcdefghijkl", "BACKEND_URL": "https://api.clinic.example",
		"VAPI_PRIVATE_KEY": "test-secret-vapi", "VAPI_WEBHOOK_SECRET": "test-secret-webhook", "CREDENTIALS_KEY": strings.Repeat("7e57", 16),
	}
	reference := regexp.MustCompile(`\$\{(\w+)(:\?|:-)[^}]*\}`)
	environ := map[string]string{}
	for name, value := range environment {
		environ[name] = reference.ReplaceAllStringFunc(value, func(one string) string {
			part := reference.FindStringSubmatch(one)
			require.True(t, part[2] == ":-" || given[part[1]] != "", "nothing says what %s is", part[1])
			return given[part[1]]
		})
	}
	_, err := server.LoadConfig(environ)
	require.NoError(t, err)
}

// unit is a systemd unit: what its keys say, each as often as it is written.
type unit map[string][]string

func readUnit(t *testing.T, path string) unit {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	u := unit{}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		if key, value, found := strings.Cut(lines.Text(), "="); found && !strings.HasPrefix(key, "#") {
			u[key] = append(u[key], value)
		}
	}
	return u
}

func TestUnitsStartTheProgramWithoutRights(t *testing.T) {
	t.Parallel()
	units, err := filepath.Glob("../../docs/deploy/systemd/*.service")
	require.NoError(t, err)
	require.Len(t, units, 3)
	for _, path := range units {
		u := readUnit(t, path)
		line := strings.Fields(u["ExecStart"][0])
		require.Equal(t, "/usr/local/bin/voxanne", line[0], path)
		requireCommand(t, line[1:])
		require.Contains(t, path, "voxanne-"+line[1]+".service")
		for _, pair := range strings.Fields(strings.Join(u["Environment"], " ")) {
			name, _, _ := strings.Cut(pair, "=")
			require.Contains(t, variables(), name, path)
		}
		require.Contains(t, strings.Join(u["Environment"], " "), "VOXANNE_ENV=production", path)
		for directive, value := range map[string]string{
			"DynamicUser": "yes", "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes",
			"PrivateDevices": "yes", "CapabilityBoundingSet": "", "MemoryDenyWriteExecute": "yes", "RestrictNamespaces": "yes",
			"RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX", "UMask": "0077",
		} {
			require.Equal(t, []string{value}, u[directive], "%s: %s", path, directive)
		}
		require.Regexp(t, `^/etc/voxanne/(voxanne|migrate)\.env$`, u["EnvironmentFile"][0])
		require.Equal(t, line[1] == "migrate", strings.Contains(u["EnvironmentFile"][0], "migrate"), "only migrations get the owner's address")
	}
}

// systemd reads the units where it is there; it wants the program at its place, so the copies name this one.
func TestSystemdTakesTheUnits(t *testing.T) {
	t.Parallel()
	verify, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Log("there is no systemd here to read the units; TestUnitsStartTheProgramWithoutRights did")
		return
	}
	program, err := os.Executable()
	require.NoError(t, err)
	units, err := filepath.Glob("../../docs/deploy/systemd/*.service")
	require.NoError(t, err)
	folder := t.TempDir()
	var copies []string
	for _, path := range units {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		at := filepath.Join(folder, filepath.Base(path))
		require.NoError(t, os.WriteFile(at, bytes.ReplaceAll(text, []byte("/usr/local/bin/voxanne"), []byte(program)), 0o600))
		copies = append(copies, at)
	}
	said, err := exec.CommandContext(t.Context(), verify, append([]string{"verify", "--man=no"}, copies...)...).CombinedOutput()
	require.NoError(t, err, "%s", said)
	require.NotContains(t, string(said), "Unknown", "%s", said)
}
