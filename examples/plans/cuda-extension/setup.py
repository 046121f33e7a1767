from setuptools import setup
from torch.utils.cpp_extension import BuildExtension, CUDAExtension

setup(
    name="fastops",
    ext_modules=[CUDAExtension("fastops_cuda", ["ops.cpp", "ops_kernel.cu"])],
    cmdclass={"build_ext": BuildExtension},
)
