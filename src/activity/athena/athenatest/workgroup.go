package athenatest

import (
	"maps"
	"slices"
	"strings"
)

// A WorkGroup says how its queries run.
type WorkGroup struct {
	OutputLocation string // s3://bucket/prefix, where results go; empty: where each query says
	Enforced       bool   // queries' own settings are overridden
	Managed        bool   // Athena keeps the results itself: GetQueryResults alone has them
	CutoffBytes    int64  // BytesScannedCutoffPerQuery, at which queries are cancelled; 0 is none. Athena's least, 10 MB, is not asked for
	Disabled       bool
	EngineVersion  string // "" is version 3
}

// SetWorkGroup makes a workgroup, or changes it.
func (f *Front) SetWorkGroup(name string, w WorkGroup) {
	f.locked(func() { f.workGroups[name] = w })
}

const engineVersion = "Athena engine version 3"

func (w WorkGroup) engine() map[string]string {
	if w.EngineVersion != "" {
		return map[string]string{"SelectedEngineVersion": w.EngineVersion, "EffectiveEngineVersion": w.EngineVersion}
	}
	return map[string]string{"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": engineVersion}
}

type getWorkGroupInput struct{ WorkGroup string }

func (f *Front) getWorkGroup(in getWorkGroupInput) (any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	w, there := f.workGroups[in.WorkGroup]
	if !there {
		return nil, invalid("WorkGroup is not found.")
	}
	results := map[string]any{}
	if w.OutputLocation != "" {
		results["OutputLocation"] = w.OutputLocation
	}
	configuration := map[string]any{"ResultConfiguration": results, "EnforceWorkGroupConfiguration": w.Enforced,
		"ManagedQueryResultsConfiguration": map[string]any{"Enabled": w.Managed}, "PublishCloudWatchMetricsEnabled": true,
		"RequesterPaysEnabled": false, "EngineVersion": w.engine()}
	if w.CutoffBytes > 0 {
		configuration["BytesScannedCutoffPerQuery"] = w.CutoffBytes
	}
	state := "ENABLED"
	if w.Disabled {
		state = "DISABLED"
	}
	return map[string]any{"WorkGroup": map[string]any{"Name": in.WorkGroup, "State": state, "Configuration": configuration}}, nil
}

type getDatabaseInput struct{ CatalogName, DatabaseName, WorkGroup string }

func (f *Front) getDatabase(in getDatabaseInput) (any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.databases[strings.ToLower(in.DatabaseName)] == nil {
		return nil, notFound()
	}
	return map[string]any{"Database": map[string]any{"Name": strings.ToLower(in.DatabaseName)}}, nil
}

type listDatabasesInput struct {
	CatalogName, NextToken, WorkGroup string
	MaxResults                        int
}

func (f *Front) listDatabases(in listDatabasesInput) (any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	names, next, err := page(slices.Sorted(maps.Keys(f.databases)), in.NextToken, in.MaxResults, 50)
	if err != nil {
		return nil, err
	}
	list := make([]map[string]any, len(names))
	for i, name := range names {
		list[i] = map[string]any{"Name": name}
	}
	return paged("DatabaseList", list, next), nil
}

// paged is the answer of a List operation, whose token is absent on the last page.
func paged(name string, list any, next string) map[string]any {
	answer := map[string]any{name: list}
	if next != "" {
		answer["NextToken"] = next
	}
	return answer
}
