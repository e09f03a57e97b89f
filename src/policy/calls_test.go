package policy

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/awscall"
)

const services = "github.com/aws/aws-sdk-go-v2/service/"

// TestTheSourceCallsWhatTheTableSays reads the source of all rooms for operations of the SDK.
func TestTheSourceCallsWhatTheTableSays(t *testing.T) {
	called := map[string][]string{} // operation to the files that call it
	require.NoError(t, filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(filepath.ToSlash(path), "athenatest/") {
			return err
		}
		for _, operation := range operationsIn(t, path) {
			called[operation] = append(called[operation], path)
		}
		return nil
	}))
	require.NotEmpty(t, called)
	listed := map[string]bool{}
	for _, c := range Calls {
		name := c.Service + ":" + c.Operation
		listed[name] = true
		require.Contains(t, called, name, "the table has a call that no room makes")
	}
	for name, files := range called {
		require.True(t, listed[name], "%s is called in %s, and not in the table of calls", name, files)
	}
}

// operationsIn finds the operations that a file calls: by the SDK's inputs (service.OperationInput), its paginators, and methods called with nil for
// an input; the parts of DynamoDB's transactions; and sts:AssumeRole by its provider of credentials.
func operationsIn(t *testing.T, path string) []string {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	require.NoError(t, err)
	service := map[string]string{} // by the name it is imported by
	var found []string
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		require.NoError(t, err)
		rest, is := strings.CutPrefix(imported, services)
		name := filepath.Base(imported)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if is {
			service[name] = rest
			root, _, _ := strings.Cut(rest, "/")
			require.Contains(t, clients, root, "%s uses a service that this test does not know", path)
		}
		if strings.HasSuffix(imported, "/credentials/stscreds") {
			found = append(found, "sts:AssumeRole")
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if method, ok := n.Fun.(*ast.SelectorExpr); ok && len(n.Args) > 1 && isNil(n.Args[1]) {
				for _, s := range service {
					if client, ok := clients[s]; ok && has(client, method.Sel.Name) {
						found = append(found, s+":"+method.Sel.Name)
					}
				}
			}
		case *ast.SelectorExpr:
			pkg, ok := n.X.(*ast.Ident)
			if !ok || service[pkg.Name] == "" {
				break
			}
			if service[pkg.Name] == "dynamodb/types" && slices.Contains([]string{"Put", "Delete", "Update", "ConditionCheck"}, n.Sel.Name) {
				found = append(found, "dynamodb:TransactWriteItems."+n.Sel.Name)
			}
			if strings.Contains(service[pkg.Name], "/") {
				break
			}
			operation, input := strings.CutSuffix(n.Sel.Name, "Input")
			paginated, paginator := strings.CutSuffix(strings.TrimPrefix(n.Sel.Name, "New"), "Paginator")
			switch {
			case input && operation != "TransactWriteItems":
				found = append(found, service[pkg.Name]+":"+operation)
			case paginator:
				found = append(found, service[pkg.Name]+":"+paginated)
			}
		}
		return true
	})
	return found
}

// clients are the SDK's, to tell its operations from other methods.
var clients = map[string]any{
	"athena": (*athena.Client)(nil), "dynamodb": (*dynamodb.Client)(nil), "ec2": (*ec2.Client)(nil), "iam": (*iam.Client)(nil),
	"organizations": (*organizations.Client)(nil), "cloudwatch": (*cloudwatch.Client)(nil), "s3": (*s3.Client)(nil), "sns": (*sns.Client)(nil), "sqs": (*sqs.Client)(nil), "sts": (*sts.Client)(nil),
}

func has(client any, method string) bool {
	_, ok := reflect.TypeOf(client).MethodByName(method)
	return ok
}

func isNil(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "nil"
}

// TestTheTableNamesActionsAsRefusalsDo: what a refusal names is what the policy grants.
func TestTheTableNamesActionsAsRefusalsDo(t *testing.T) {
	for _, c := range Calls {
		if len(c.Asks()) > 0 && !strings.Contains(c.Operation, ".") {
			require.Contains(t, c.Asks(), awscall.Action(c.Service, c.Operation), c.Operation)
		}
	}
}

// TestWhatIsCalledIsGrantedAndNothingElse holds the table against the statements of a plan with everything in it.
func TestWhatIsCalledIsGrantedAndNothingElse(t *testing.T) {
	for _, purpose := range Purposes {
		granted := actionsOf(whole(), purpose)
		asked := map[string]bool{}
		for _, c := range slices.Concat(Calls, OnBehalf) {
			if !c.In(purpose) {
				continue
			}
			for _, action := range c.Asks() {
				asked[action] = true
				if c.Service != "kms" {
					require.True(t, granted[action], "%s calls %s:%s, and is not granted %s", purpose, c.Service, c.Operation, action)
				}
			}
		}
		for action := range granted {
			require.True(t, asked[action], "%s is granted %s, and calls nothing that asks for it", purpose, action)
		}
	}
}

// TestARunMakesNothingAndDeletesOnlyItsOwn is the promise of least privilege.
func TestARunMakesNothingAndDeletesOnlyItsOwn(t *testing.T) {
	for _, i := range Identities(whole(), Run) {
		for _, s := range i.Permissions {
			for _, action := range s.Action {
				_, verb, _ := strings.Cut(action, ":")
				require.False(t, strings.HasPrefix(verb, "Create"), action)
				require.True(t, !strings.Contains(action, "*") || s.Sid == "UseTheKeyOfTheTable", "only KMS's families have wildcards: %s", action)
				if strings.HasPrefix(verb, "Delete") {
					require.Contains(t, []string{"DropWhatIsDelivered", "DeleteTheResults", "TakeMessagesFromTheQueue"}, s.Sid)
				}
			}
		}
	}
}

func actionsOf(p Plan, purpose Purpose) map[string]bool {
	all := map[string]bool{}
	for _, i := range Identities(p, purpose) {
		for _, s := range i.Permissions {
			for _, a := range s.Action {
				all[a] = true
			}
		}
	}
	return all
}
