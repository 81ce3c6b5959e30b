package main

// cli is the command line: one field a command. Help texts are the messages
// "help.<command>" and "help.<command>.<flag>"; see help.go.
type cli struct {
	globals

	Init      initCommand      `cmd:""`
	Import    importCommand    `cmd:""`
	Watch     watchCommand     `cmd:""`
	Inputs    inputsCommand    `cmd:""`
	Withdraw  withdrawCommand  `cmd:""`
	Erase     eraseCommand     `cmd:""`
	Kpi       kpiCommand       `cmd:""`
	Rows      rowsCommand      `cmd:""`
	Changes   changesCommand   `cmd:""`
	Goal      goalCommand      `cmd:""`
	Plan      planCommand      `cmd:""`
	Scorecard scorecardCommand `cmd:""`
	Config    configCommand    `cmd:""`
	Reconcile reconcileCommand `cmd:""`
	Roster    rosterCommand    `cmd:""`
	Mapping   mappingCommand   `cmd:""`
	Settings  settingsCommand  `cmd:""`
	Rebuild   rebuildCommand   `cmd:""`
	Verify    verifyCommand    `cmd:""`
	Audit     auditCommand     `cmd:""`
	Backup    backupCommand    `cmd:""`
	Restore   restoreCommand   `cmd:""`
	Serve     serveCommand     `cmd:""`
	Demo      demoCommand      `cmd:""`
	Version   versionCommand   `cmd:""`
}

// defaultData is the data folder where none is named.
const defaultData = "callpace-data"

// globals are the flags that every command takes.
type globals struct {
	Data   string `placeholder:"DIR" env:"CALLPACE_DATA" default:"${data}"`
	Output string `enum:"table,csv,json" default:"table" short:"o" placeholder:"FORM"`
	Lang   string `placeholder:"LANG" env:"CALLPACE_LANG"`
	Quiet  bool   `short:"q"`
}
