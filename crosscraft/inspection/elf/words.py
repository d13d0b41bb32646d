"""The words of readelf for the numbers in ELF files, as data.

pyelftools has readelf's words for some twenty processors, and the names of the common section
and symbol types. Here is what it lacks. ``tests/oracles`` compares each row with readelf.

Sources: ``readelf -hSs`` of binutils 2.40. The numbers are from the System V ABI and its
supplements for processors.
"""

from __future__ import annotations

__all__ = [
    "FILE_TYPES", "MACHINES", "OS_ABIS", "OS_ABIS_OF", "OS_ABI_NAMES", "SECTION_TYPES",
    "SECTION_TYPES_OF", "SOLARIS_SECTION_TYPES", "SYMBOL_TYPES", "SYMBOL_TYPES_OF",
]  # fmt: skip

FILE_TYPES = {
    0: "NONE (None)",
    1: "REL (Relocatable file)",
    2: "EXEC (Executable file)",
    3: "DYN (Shared object file)",
    4: "CORE (Core file)",
}
"""The words for ``e_type``."""

OS_ABIS = {
    0: "UNIX - System V", 1: "UNIX - HP-UX", 2: "UNIX - NetBSD", 3: "UNIX - GNU",
    6: "UNIX - Solaris", 7: "UNIX - AIX", 8: "UNIX - IRIX", 9: "UNIX - FreeBSD",
    10: "UNIX - TRU64", 11: "Novell - Modesto", 12: "UNIX - OpenBSD", 13: "VMS - OpenVMS",
    14: "HP - Non-Stop Kernel", 15: "AROS", 16: "FenixOS", 17: "Nuxi CloudABI",
    18: "Stratus Technologies OpenVOS",
}  # fmt: skip
"""The words for ``EI_OSABI`` of every processor."""
OS_ABIS_OF = {
    (40, 65): "ARM FDPIC", (40, 97): "ARM", (105, 255): "Standalone App",
    (140, 64): "Bare-metal C6000", (140, 65): "Linux C6000",
    (224, 64): "AMD HSA", (224, 65): "AMD PAL", (224, 66): "AMD Mesa3D",
}  # fmt: skip
"""The words for ``EI_OSABI`` from 64, by ``e_machine``: each processor has its own."""
OS_ABI_NAMES = {
    (40, 64): "ELFOSABI_ARM_AEABI", (40, 65): "ELFOSABI_ARM_FDPIC", (40, 97): "ELFOSABI_ARM",
    (105, 255): "ELFOSABI_STANDALONE",
    (140, 64): "ELFOSABI_C6000_ELFABI", (140, 65): "ELFOSABI_C6000_LINUX",
    (224, 64): "ELFOSABI_AMDGPU_HSA", (224, 65): "ELFOSABI_AMDGPU_PAL",
    (224, 66): "ELFOSABI_AMDGPU_MESA3D",
}  # fmt: skip
"""The same by their names in the supplements."""

SECTION_TYPES = {
    20: "", 0x60000000: "", 0x80000000: "", 0xFFFFFFFF: "",  # the limits of ranges
    0x6FFF4700: "SHT_GNU_INCREMENTAL_INPUTS", 0x6FFFFFF0: "SHT_GNU_versym",
    0x6FFFFFF3: "", 0x6FFFFFFC: "SHT_GNU_verdef",
    0x7FFFFFFD: "SHT_AUXILIARY", 0x7FFFFFFF: "SHT_FILTER",
}  # fmt: skip
"""The names of ``sh_type`` of every processor that differ from pyelftools'. Empty is no name."""
SOLARIS_SECTION_TYPES = {
    0x6FFF4700: "", 0x6FFFFFEE: "SHT_SUNW_ancillary", 0x6FFFFFEF: "SHT_SUNW_capchain",
    0x6FFFFFF1: "SHT_SUNW_symsort", 0x6FFFFFF2: "SHT_SUNW_tlssort", 0x6FFFFFF3: "SHT_SUNW_LDYNSYM",
    0x6FFFFFF4: "SHT_SUNW_dof", 0x6FFFFFF5: "SHT_SUNW_cap", 0x6FFFFFF8: "SHT_SUNW_DEBUGSTR",
    0x6FFFFFF9: "SHT_SUNW_DEBUG", 0x6FFFFFFA: "SHT_SUNW_move", 0x6FFFFFFB: "SHT_SUNW_COMDAT",
}  # fmt: skip
"""The names of ``sh_type`` in files of Solaris."""
_ARC = {0x70000001: "SHT_ARC_ATTRIBUTES"}
_MIPS = {
    0x70000001: "SHT_MIPS_MSYM", 0x70000002: "SHT_MIPS_CONFLICT", 0x70000003: "SHT_MIPS_GPTAB",
    0x70000004: "SHT_MIPS_UCODE", 0x7000002B: "SHT_MIPS_XHASH",
}  # fmt: skip
_V850 = {
    0x70000000: "SHT_V850_SCOMMON", 0x70000001: "SHT_V850_TCOMMON", 0x70000002: "SHT_V850_ZCOMMON",
    0x80000000: "SHT_RENESAS_IOP",
}  # fmt: skip
SECTION_TYPES_OF = {
    8: _MIPS,
    10: _MIPS,
    15: {
        0x70000000: "SHT_PARISC_EXT", 0x70000001: "SHT_PARISC_UNWIND",
        0x70000002: "SHT_PARISC_DOC", 0x70000003: "SHT_PARISC_ANNOT",
        0x70000004: "SHT_PARISC_DLKM", 0x70000008: "SHT_PARISC_SYMEXTN",
        0x70000009: "SHT_PARISC_STUBS",
    },
    36: _V850,
    40: {0x70000005: "SHT_ARM_OVERLAYSECTION"},
    45: _ARC,
    50: {
        0x60000000: "SHT_IA_64_VMS_TRACE", 0x60000001: "SHT_IA_64_VMS_TIE_SIGNATURES",
        0x60000002: "SHT_IA_64_VMS_DEBUG", 0x60000003: "SHT_IA_64_VMS_DEBUG_STR",
        0x60000004: "SHT_IA_64_VMS_LINKAGES", 0x60000005: "SHT_IA_64_VMS_SYMBOL_VECTOR",
        0x60000006: "SHT_IA_64_VMS_FIXUP", 0x6FFF4700: "", 0x6FFFFFF5: "",
        0x70000000: "SHT_IA_64_EXT", 0x70000001: "SHT_IA_64_UNWIND",
        0x79000000: "SHT_IA_64_PRIORITY_INIT",
    },
    87: _V850,
    93: _ARC,
    105: {0x70000003: "SHT_MSP430_ATTRIBUTES"},
    140: {
        0x70000001: "SHT_C6000_UNWIND", 0x70000002: "SHT_C6000_PREEMPTMAP",
        0x70000003: "SHT_C6000_ATTRIBUTES",
    },
    195: _ARC,
    250: {0x70000001: "SHT_NFP_MECONFIG", 0x70000002: "SHT_NFP_INITREG"},
    252: {0x70000001: "SHT_CSKY_ATTRIBUTES"},
    36992: _V850,
}  # fmt: skip
"""The names of ``sh_type`` that pyelftools lacks, by ``e_machine``."""

SYMBOL_TYPES = {7: "", 10: "STT_GNU_IFUNC", 12: "", 13: "", 15: ""}
"""The names of symbol types of every processor that differ from pyelftools'. Empty is no name."""
SYMBOL_TYPES_OF = {
    15: {11: "STT_HP_OPAQUE", 12: "STT_HP_STUB", 13: "STT_PARISC_MILLI"},
    40: {13: "STT_ARM_TFUNC"},
    43: {13: "STT_SPARC_REGISTER"},
}
"""The names of symbol types that pyelftools lacks, by ``e_machine``."""

MACHINES = {
    0: "None", 1: "WE32100", 2: "Sparc", 3: "Intel 80386", 4: "MC68000", 5: "MC88000",
    6: "Intel MCU", 7: "Intel 80860", 8: "MIPS R3000", 9: "IBM System/370",
    10: "MIPS R4000 big-endian", 11: "Sparc v9 (old)", 15: "HPPA", 17: "Fujitsu VPP500",
    18: "Sparc v8+", 19: "Intel 80960", 20: "PowerPC", 21: "PowerPC64", 22: "IBM S/390", 23: "SPU",
    36: "Renesas V850 (using RH850 ABI)", 37: "Fujitsu FR20", 38: "TRW RH32", 39: "MCORE",
    40: "ARM", 41: "Digital Alpha (old)", 42: "Renesas / SuperH SH", 43: "Sparc v9",
    44: "Siemens Tricore", 45: "ARC", 46: "Renesas H8/300", 47: "Renesas H8/300H",
    48: "Renesas H8S", 49: "Renesas H8/500", 50: "Intel IA-64", 51: "Stanford MIPS-X",
    52: "Motorola Coldfire", 53: "Motorola MC68HC12 Microcontroller",
    54: "Fujitsu Multimedia Accelerator", 55: "Siemens PCP",
    56: "Sony nCPU embedded RISC processor", 57: "Denso NDR1 microprocesspr",
    58: "Motorola Star*Core processor", 59: "Toyota ME16 processor",
    60: "STMicroelectronics ST100 processor", 61: "Advanced Logic Corp. TinyJ embedded processor",
    62: "Advanced Micro Devices X86-64", 63: "Sony DSP processor",
    64: "Digital Equipment Corp. PDP-10", 65: "Digital Equipment Corp. PDP-11",
    66: "Siemens FX66 microcontroller", 67: "STMicroelectronics ST9+ 8/16 bit microcontroller",
    68: "STMicroelectronics ST7 8-bit microcontroller", 69: "Motorola MC68HC16 Microcontroller",
    70: "Motorola MC68HC11 Microcontroller", 71: "Motorola MC68HC08 Microcontroller",
    72: "Motorola MC68HC05 Microcontroller", 73: "Silicon Graphics SVx",
    74: "STMicroelectronics ST19 8-bit microcontroller", 75: "Digital VAX",
    76: "Axis Communications 32-bit embedded processor",
    77: "Infineon Technologies 32-bit embedded cpu", 78: "Element 14 64-bit DSP processor",
    79: "LSI Logic's 16-bit DSP processor", 80: "Donald Knuth's educational 64-bit processor",
    81: "Harvard Universitys's machine-independent object format", 82: "Vitesse Prism",
    83: "Atmel AVR 8-bit microcontroller", 84: "Fujitsu FR30", 85: "d10v", 86: "d30v",
    87: "Renesas V850", 88: "Renesas M32R (formerly Mitsubishi M32r)", 89: "mn10300",
    90: "mn10200", 91: "picoJava", 92: "OpenRISC 1000", 93: "ARCompact",
    94: "Tensilica Xtensa Processor", 95: "Alphamosaic VideoCore processor",
    96: "Thompson Multimedia General Purpose Processor", 97: "National Semiconductor 32000 series",
    98: "Tenor Network TPC processor", 99: "Trebia SNP 1000 processor",
    100: "STMicroelectronics ST200 microcontroller", 101: "Ubicom IP2xxx 8-bit microcontrollers",
    102: "MAX Processor", 103: "National Semiconductor CompactRISC", 104: "Fujitsu F2MC16",
    105: "Texas Instruments msp430 microcontroller", 106: "Analog Devices Blackfin",
    107: "S1C33 Family of Seiko Epson processors", 108: "Sharp embedded microprocessor",
    109: "Arca RISC microprocessor", 110: "Unicore",
    111: "eXcess 16/32/64-bit configurable embedded CPU",
    112: "Icera Semiconductor Inc. Deep Execution Processor", 113: "Altera Nios II",
    114: "National Semiconductor CRX microprocessor", 115: "Motorola XGATE embedded processor",
    116: "Infineon Technologies xc16x", 117: "Renesas M16C series microprocessors",
    118: "Microchip Technology dsPIC30F Digital Signal Controller",
    119: "Freescale Communication Engine RISC core", 120: "Renesas M32c",
    131: "Altium TSK3000 core", 132: "Freescale RS08 embedded processor",
    134: "Cyan Technology eCOG2 microprocessor", 135: "SUNPLUS S+Core",
    136: "New Japan Radio (NJR) 24-bit DSP Processor", 137: "Broadcom VideoCore III processor",
    138: "Lattice Mico32", 139: "Seiko Epson C17 family",
    140: "Texas Instruments TMS320C6000 DSP family",
    141: "Texas Instruments TMS320C2000 DSP family",
    142: "Texas Instruments TMS320C55x DSP family", 144: "TI PRU I/O processor",
    160: "STMicroelectronics 64bit VLIW Data Signal Processor", 161: "Cypress M8C microprocessor",
    162: "Renesas R32C series microprocessors",
    163: "NXP Semiconductors TriMedia architecture family", 164: "QUALCOMM DSP6 Processor",
    165: "Intel 8051 and variants", 166: "STMicroelectronics STxP7x family",
    167: "Andes Technology compact code size embedded RISC processor family",
    168: "Cyan Technology eCOG1X family", 169: "Dallas Semiconductor MAXQ30 Core microcontrollers",
    170: "New Japan Radio (NJR) 16-bit DSP Processor",
    171: "M2000 Reconfigurable RISC Microprocessor", 172: "Cray Inc. NV2 vector architecture",
    173: "Renesas RX", 174: "Imagination Technologies Meta processor architecture",
    175: "MCST Elbrus general purpose hardware architecture", 176: "Cyan Technology eCOG16 family",
    177: "Xilinx MicroBlaze", 178: "Freescale Extended Time Processing Unit",
    179: "Infineon Technologies SLE9X core", 180: "Intel L1OM", 181: "Intel K1OM",
    182: "Intel (reserved)", 183: "AArch64", 184: "ARM (reserved)",
    185: "Atmel Corporation 32-bit microprocessor",
    186: "STMicroeletronics STM8 8-bit microcontroller",
    187: "Tilera TILE64 multicore architecture family",
    188: "Tilera TILEPro multicore architecture family", 189: "Xilinx MicroBlaze",
    190: "NVIDIA CUDA architecture", 191: "Tilera TILE-Gx multicore architecture family",
    192: "CloudShield architecture family",
    193: "KIPO-KAIST Core-A 1st generation processor family",
    194: "KIPO-KAIST Core-A 2nd generation processor family", 195: "ARCv2",
    196: "Open8 8-bit RISC soft processor core", 197: "Renesas RL78",
    198: "Broadcom VideoCore V processor", 199: "Renesas 78K0R",
    200: "Freescale 56800EX Digital Signal Controller (DSC)", 201: "Beyond BA1 CPU architecture",
    202: "Beyond BA2 CPU architecture", 203: "XMOS xCORE processor family",
    204: "Microchip 8-bit PIC(r) family", 205: "Intel Graphics Technology",
    210: "KM211 KM32 32-bit processor", 211: "KM211 KMX32 32-bit processor",
    212: "KM211 KMX16 16-bit processor", 213: "KM211 KMX8 8-bit processor",
    214: "KM211 KVARC processor", 215: "Paneve CDP architecture family",
    216: "Cognitive Smart Memory Processor", 217: "Bluechip Systems CoolEngine",
    218: "Nanoradio Optimized RISC", 219: "CSR Kalimba architecture family", 220: "Zilog Z80",
    221: "CDS VISIUMcore processor", 222: "FTDI Chip FT32", 223: "Moxie", 224: "AMD GPU",
    243: "RISC-V", 244: "Lanai 32-bit processor", 245: "CEVA Processor Architecture Family",
    246: "CEVA X2 Processor Family", 247: "Linux BPF",
    248: "Graphcore Intelligent Processing Unit", 249: "Imagination Technologies",
    250: "Netronome Flow Processor", 251: "NEC Vector Engine", 252: "C-SKY",
    253: "Synopsys ARCv2.3 64-bit", 254: "MOS Technology MCS 6502 processor",
    255: "Synopsys ARCv2.3 32-bit", 256: "Kalray VLIW core of the MPPA processor family",
    257: "WDC 65816/65C816", 258: "LoongArch", 259: "ChipON KungFu32",
    4183: "Atmel AVR 8-bit microcontroller", 4643: "Adapteva EPIPHANY",
    9520: "Morpho Techologies MT processor", 13104: "Fujitsu FR30", 16727: "Web Assembly",
    18056: "Infineon Technologies xc16x", 19951: "Freescale S12Z", 21569: "Fujitsu FR-V",
    23205: "OpenDLX", 30288: "d10v", 30326: "d30v", 33303: "Ubicom IP2xxx 8-bit microcontrollers",
    36902: "Alpha", 36929: "Renesas M32R (formerly Mitsubishi M32r)", 36992: "Renesas V850",
    41872: "IBM S/390", 43975: "Tensilica Xtensa Processor", 44357: "Sanyo XStormy16 CPU core",
    47787: "Xilinx MicroBlaze", 48879: "mn10300", 57005: "mn10200",
    61453: "Toshiba MeP Media Engine", 65200: "Altera Nios", 65210: "Vitesse IQ2000",
    65211: "Altera Nios",
}  # fmt: skip
"""The words for ``e_machine``, among them those of processors without a registered number."""
