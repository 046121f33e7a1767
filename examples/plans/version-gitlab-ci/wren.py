import toolz

pick = toolz.get
