module example/arguments

go 1.23
