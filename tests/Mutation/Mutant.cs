using Mono.Cecil;
using Mono.Cecil.Cil;

namespace ConfidentialOperator.Mutation;

/// <summary>One change of one method.</summary>
/// <param name="Method">The method's full name.</param>
/// <param name="Kind">What is changed.</param>
/// <param name="At">The instruction, counted in the method; 0 when the whole method is replaced.</param>
/// <param name="Apply">Makes the change in an assembly that was just read.</param>
internal sealed record Mutant(string Method, string Kind, int At, Action<MethodDefinition> Apply)
{
    /// <summary>Gets the namespace, type and method without the project's name and the parameters.</summary>
    public string ShortName
    {
        get
        {
            string name = Method[(Method.IndexOf(' ', StringComparison.Ordinal) + 1)..];
            return name[..name.IndexOf('(', StringComparison.Ordinal)].Replace("ConfidentialOperator.Attestation.", "", StringComparison.Ordinal);
        }
    }

    /// <summary>Returns an assembly with a change, or written again without one.</summary>
    /// <param name="path">The assembly, beside those that it needs.</param>
    /// <param name="mutant">The change; null for none.</param>
    public static byte[] Write(string path, Mutant? mutant)
    {
        using var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(Path.GetDirectoryName(path));
        using var module = ModuleDefinition.ReadModule(path, new ReaderParameters { AssemblyResolver = resolver });
        mutant?.Apply(module.GetTypes().SelectMany(type => type.Methods).Single(method => method.FullName == mutant.Method));
        using var written = new MemoryStream();
        module.Write(written);
        return written.ToArray();
    }

    /// <summary>Makes the method return a constant.</summary>
    public static void Return(MethodDefinition method, params Instruction[] value)
    {
        method.Body = new MethodBody(method);
        Array.ForEach(value, method.Body.Instructions.Add);
        method.Body.Instructions.Add(Instruction.Create(OpCodes.Ret));
    }
}
