import networkx
import yaml

print(networkx.__name__, yaml.__name__)
