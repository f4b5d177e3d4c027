package reception_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/server/voice"
)

// What Vapi is told about the tools (providers/vapi/tools) and what the code does with their arguments are two texts.
// These tests read the code itself: from every tool's function along the calls it makes, the arguments that are read on
// the way are collected and compared with the definition.

func TestEveryToolHasADefinitionAndEveryDefinitionATool(t *testing.T) {
	t.Parallel()
	var defined []string
	for name := range toolProperties(t) {
		defined = append(defined, name)
	}
	var handled []string
	for name := range parseRoom(t, ".").handlers(t) {
		handled = append(handled, name)
	}
	require.ElementsMatch(t, defined, handled)
}

func TestEveryArgumentReadIsDefinedAndEveryDefinedOneIsRead(t *testing.T) {
	t.Parallel()
	room := parseRoom(t, ".")
	constants := argConstants(t)
	handlers := room.handlers(t)
	for tool, properties := range toolProperties(t) {
		read := room.argumentsFrom(t, handlers[tool], constants)
		for _, property := range properties {
			require.True(t, slices.ContainsFunc(read, func(arg string) bool { return findsUnder(arg, property) }),
				"%s: the definition has %s, which no code reads", tool, property)
		}
		for _, arg := range read {
			require.True(t, slices.ContainsFunc(properties, func(property string) bool { return findsUnder(arg, property) }),
				"%s: the code reads %s, which the definition does not have", tool, arg)
		}
	}
}

func TestEveryArgumentConstantIsRead(t *testing.T) {
	t.Parallel()
	read := map[string]bool{voice.ArgDepartment: true} // transfer-destination-request: voice reads it itself
	room, constants := parseRoom(t, "."), argConstants(t)
	for _, handler := range room.handlers(t) {
		for _, arg := range room.argumentsFrom(t, handler, constants) {
			read[arg] = true
		}
	}
	for constant, value := range constants {
		require.True(t, read[value], "%s is read by no tool", constant)
	}
}

// findsUnder reports whether an argument that is sent under a property's name is found by reading arg.
func findsUnder(arg, property string) bool {
	return voice.Args{property: "here"}.Text(arg) == "here"
}

// room is a package's functions by name, methods too.
type room map[string]*ast.FuncDecl

func parseRoom(t *testing.T, dir string) room {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	found := room{}
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), dir+"/"+entry.Name(), nil, 0)
		require.NoError(t, err)
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok {
				require.NotContains(t, found, f.Name.Name, "two functions of one name would be taken for one")
				found[f.Name.Name] = f
			}
		}
	}
	return found
}

// handlers maps every tool that toolNamed knows to the name of its function.
func (r room) handlers(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	require.Contains(t, r, "toolNamed")
	ast.Inspect(r["toolNamed"], func(n ast.Node) bool {
		clause, ok := n.(*ast.CaseClause)
		if !ok || len(clause.List) == 0 {
			return true
		}
		name, err := strconv.Unquote(clause.List[0].(*ast.BasicLit).Value)
		require.NoError(t, err)
		found[name] = clause.Body[0].(*ast.ReturnStmt).Results[0].(*ast.Ident).Name
		return true
	})
	require.NotEmpty(t, found)
	return found
}

// argumentsFrom returns the arguments that a function and all it calls in this package may read. Arguments are read by
// the constants of voice only: a name written out would escape this test, so it fails.
func (r room) argumentsFrom(t *testing.T, start string, constants map[string]string) []string {
	t.Helper()
	require.Contains(t, r, start)
	var read []string
	seen, queue := map[string]bool{}, []string{start}
	for len(queue) > 0 {
		name := queue[0]
		queue = queue[1:]
		if seen[name] {
			continue
		}
		seen[name] = true
		ast.Inspect(r[name].Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident: // a function; a variable may be called like a method
				if f, ours := r[n.Name]; ours && f.Recv == nil {
					queue = append(queue, n.Name)
				} else if value, is := constants[n.Name]; is {
					read = append(read, value)
				}
			case *ast.SelectorExpr:
				if f, ours := r[n.Sel.Name]; ours && f.Recv != nil {
					queue = append(queue, n.Sel.Name)
				}
			case *ast.CallExpr:
				requireNoLiteral(t, name, n)
			}
			return true
		})
	}
	slices.Sort(read)
	return slices.Compact(read)
}

func requireNoLiteral(t *testing.T, in string, call *ast.CallExpr) {
	t.Helper()
	called, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !slices.Contains([]string{"Text", "Flag", "optional", "read", "words"}, called.Sel.Name) {
		return
	}
	for _, arg := range call.Args {
		_, literal := arg.(*ast.BasicLit)
		require.False(t, literal, "%s reads an argument by a name written out", in)
	}
}

// argConstants maps voice's constants ArgX to their values.
func argConstants(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../voice/arguments.go", nil, 0)
	require.NoError(t, err)
	constants := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(spec.Names[0].Name, "Arg") {
			return true
		}
		value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		require.NoError(t, err)
		constants[spec.Names[0].Name] = value
		return true
	})
	require.Greater(t, len(constants), 15)
	return constants
}
